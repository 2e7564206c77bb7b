/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

typedef struct {
    const char *name;
    Look mono, sixteen, many;
} Role;

#define OWN -1, -1

/* The colours below 16 follow the person's own palette, which is why 256 colours are used sparingly:
 * only where a palette's own shade is often unreadable on one of white and black. */
static const Role roles[STYLE_ROLES] = {
    [STYLE_NORMAL] = {"normal", {OWN, 0}, {OWN, 0}, {OWN, 0}},
    [STYLE_STRONG] = {"strong", {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}},
    [STYLE_DIM] = {"dim", {OWN, 0}, {OWN, 0}, {OWN, ATTR_DIM}},
    [STYLE_HEADING] = {"heading", {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}},
    [STYLE_LINE] = {"line", {OWN, 0}, {OWN, 0}, {OWN, 0}}, /* dim costs eleven bytes a bar on a slow line */
    [STYLE_WHERE] = {"where", {OWN, 0}, {OWN, 0}, {OWN, 0}},
    [STYLE_EXERCISE] = {"exercise",
                        {OWN, ATTR_REVERSE | ATTR_BOLD},
                        {0, 3, 0},
                        {16, 214, ATTR_BOLD}},
    [STYLE_PATIENT] = {"patient", {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}},
    [STYLE_ALERT] = {"alert",
                     {OWN, ATTR_REVERSE | ATTR_BOLD},
                     {1, -1, ATTR_BOLD},
                     {160, -1, ATTR_BOLD}},
    [STYLE_WARNING] = {"warning", {OWN, ATTR_BOLD}, {5, -1, ATTR_BOLD}, {166, -1, ATTR_BOLD}},
    [STYLE_GOOD] = {"good", {OWN, 0}, {2, -1, 0}, {28, -1, 0}},
    [STYLE_GUTTER] = {"gutter", {OWN, 0}, {OWN, 0}, {OWN, 0}}, /* plain: 12 bytes less a move */
    [STYLE_SELECTED] = {"selected", {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}},
    [STYLE_FIELD] = {"field", {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}},
    [STYLE_FIELD_ERROR] = {"field-error",
                           {OWN, ATTR_BOLD},
                           {1, -1, ATTR_BOLD},
                           {160, -1, ATTR_BOLD}},
    [STYLE_HINT_KEY] = {"hint-key", {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}, {OWN, ATTR_BOLD}},
    [STYLE_HINT] = {"hint", {OWN, 0}, {OWN, 0}, {OWN, 0}},
    [STYLE_RECEIPT] = {"receipt", {OWN, 0}, {2, -1, 0}, {28, -1, 0}},
    [STYLE_MATCH] = {"match", {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}},
    [STYLE_MISSPELT] = {"misspelt", {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}, {OWN, ATTR_UNDERLINE}},
    [STYLE_MARKED] = {"marked", {OWN, ATTR_REVERSE}, {OWN, ATTR_REVERSE}, {OWN, ATTR_REVERSE}},
};

const Look *theme_look(Style role, ColourDepth colours)
{
    const Role *r = &roles[role < STYLE_ROLES ? role : STYLE_NORMAL];
    return colours == COLOUR_MONO ? &r->mono : colours == COLOUR_16 ? &r->sixteen : &r->many;
}

const char *theme_role_name(Style role)
{
    return roles[role < STYLE_ROLES ? role : STYLE_NORMAL].name;
}

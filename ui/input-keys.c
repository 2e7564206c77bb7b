/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/input-keys.h"

#include "ui/input.h"

#include <string.h>

/* One row per key: the number before ~ (xterm, vt, rxvt) and the letter after ESC [ or ESC O. */
static const struct {
    const char *name;
    int numbers[2];
    char letter;
    gboolean edit;
} keys[] = {
    {"Up", {0}, 'A', TRUE},       {"Down", {0}, 'B', TRUE},     {"Right", {0}, 'C', TRUE},
    {"Left", {0}, 'D', TRUE},     {"Home", {1, 7}, 'H', TRUE},  {"End", {4, 8}, 'F', TRUE},
    {"Ins", {2}, 0, FALSE},       {"Del", {3}, 0, TRUE},        {"PgUp", {5}, 0, TRUE},
    {"PgDn", {6}, 0, TRUE},       {"F1", {11}, 'P', FALSE},     {"F2", {12}, 'Q', FALSE},
    {"F3", {13}, 'R', FALSE},     {"F4", {14}, 'S', FALSE},     {"F5", {15}, 0, FALSE},
    {"F6", {17}, 0, FALSE},       {"F7", {18}, 0, FALSE},       {"F8", {19}, 0, FALSE},
    {"F9", {20}, 0, FALSE},       {"F10", {21}, 0, FALSE},      {"F11", {23}, 0, FALSE},
    {"F12", {24}, 0, FALSE},
};

/* xterm's modifier parameter is 1 + a sum of 1 shift, 2 alt, 4 control. */
static char *with_modifiers(const char *name, int parameter)
{
    int bits = parameter > 1 ? parameter - 1 : 0;
    return g_strdup_printf("<%s%s%s%s>", bits & 4 ? "C-" : "", bits & 2 ? "M-" : "",
                           bits & 1 ? "S-" : "", name);
}

static char *by_number(int number, int modifier)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (number > 0 && (keys[i].numbers[0] == number || keys[i].numbers[1] == number))
            return with_modifiers(keys[i].name, modifier);
    return NULL;
}

static char *by_letter(char letter, int modifier)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].letter == letter)
            return with_modifiers(keys[i].name, modifier);
    return NULL;
}

char *input_keys_csi(const char *body, char final)
{
    if (body[0] == '[') /* the Linux console's F1-F5: ESC [ [ A */
        return final >= 'A' && final <= 'E' ? g_strdup_printf("<F%d>", final - 'A' + 1) : NULL;
    for (const char *p = body; *p; p++)
        if (!g_ascii_isdigit(*p) && *p != ';')
            return NULL;
    int number = (int)MIN(g_ascii_strtoull(body, NULL, 10), 1000u);
    const char *second = strchr(body, ';');
    int modifier = second ? (int)MIN(g_ascii_strtoull(second + 1, NULL, 10), 16u) : 0;
    switch (final) {
    case '~':
        return by_number(number, modifier);
    case '$': /* rxvt: shift, control, both */
        return by_number(number, 2);
    case '^':
        return by_number(number, 5);
    case '@':
        return by_number(number, 6);
    case 'Z':
        return g_strdup("<S-Tab>");
    default:
        return by_letter(final, modifier);
    }
}

char *input_keys_ss3(char modifier, char final)
{
    static const char keypad[] = "*+,-./0123456789"; /* finals j … y */
    if (final == 'M')
        return g_strdup("<Enter>");
    if (final == 'X')
        return g_strdup("=");
    if (final >= 'j' && final <= 'y')
        return g_strndup(&keypad[final - 'j'], 1);
    return by_letter(final, modifier ? modifier - '0' : 0);
}

const char *input_keys_control(guchar byte)
{
    static const char *const names[32] = {
        "<C-Space>", "<C-a>", "<C-b>",   "<C-c>", "<C-d>", "<C-e>", "<C-f>", "<C-g>",
        "<BS>",      "<Tab>", "<Enter>", "<C-k>", "<C-l>", "<Enter>", "<C-n>", "<C-o>",
        "<C-p>",     "<C-q>", "<C-r>",   "<C-s>", "<C-t>", "<C-u>", "<C-v>", "<C-w>",
        "<C-x>",     "<C-y>", "<C-z>",   NULL,    NULL,    NULL,    NULL,    NULL,
    };
    return byte == 0x7f ? "<BS>" : byte < 32 ? names[byte] : NULL;
}

const char *input_keys_function(char digit)
{
    static const char *const names[] = {"<F10>", "<F1>", "<F2>", "<F3>", "<F4>",
                                        "<F5>",  "<F6>", "<F7>", "<F8>", "<F9>"};
    return g_ascii_isdigit(digit) ? names[digit - '0'] : NULL;
}

gboolean input_keys_is_paste_start(const char *body, char final)
{
    return final == '~' && strcmp(body, "200") == 0;
}

gboolean input_keys_is_edit(const char *name)
{
    if (strcmp(name, "<BS>") == 0)
        return TRUE;
    gsize len = strlen(name);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].edit && len == strlen(keys[i].name) + 2 &&
            strncmp(name + 1, keys[i].name, len - 2) == 0)
            return TRUE;
    return FALSE;
}

char *input_key_bytes(const char *name)
{
    gsize len = strlen(name);
    if (len < 3 || name[0] != '<' || name[len - 1] != '>')
        return g_strdup(name);
    if (strcmp(name, "<Esc>") == 0)
        return g_strdup("\033");
    if (strcmp(name, "<Space>") == 0)
        return g_strdup(" ");
    if (strcmp(name, "<S-Tab>") == 0)
        return g_strdup("\033[Z");
    if (strcmp(name, "<BS>") == 0)
        return g_strdup("\177");
    if (strcmp(name, "<Enter>") == 0)
        return g_strdup("\r");
    for (guchar byte = 1; byte < 32; byte++)
        if (g_strcmp0(input_keys_control(byte), name) == 0)
            return g_strndup((const char *)&byte, 1);
    if (g_str_has_prefix(name, "<M-") && g_utf8_strlen(name + 3, -1) == 2)
        return g_strdup_printf("\033%.*s", (int)(len - 4), name + 3);
    int modifier = 1;
    const char *bare = name + 1;
    for (; g_str_has_prefix(bare, "S-") || g_str_has_prefix(bare, "M-") || g_str_has_prefix(bare, "C-"); bare += 2)
        modifier += bare[0] == 'S' ? 1 : bare[0] == 'M' ? 2 : 4;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        gsize n = strlen(keys[i].name);
        if (strncmp(bare, keys[i].name, n) != 0 || strcmp(bare + n, ">") != 0)
            continue;
        if (keys[i].letter)
            return modifier > 1 ? g_strdup_printf("\033[1;%d%c", modifier, keys[i].letter)
                                : g_strdup_printf("\033O%c", keys[i].letter);
        return modifier > 1 ? g_strdup_printf("\033[%d;%d~", keys[i].numbers[0], modifier)
                            : g_strdup_printf("\033[%d~", keys[i].numbers[0]);
    }
    return NULL;
}

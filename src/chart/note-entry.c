/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-entry.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "chart/date-words.h"
#include "chart/medication.h"

static char *refuse(GError **error, char *why)
{
    g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, why);
    g_free(why);
    return NULL;
}

/* ---- one of several ---- */

static char *list_of(const NoteSection *s)
{
    return g_strjoinv(", ", s->choices);
}

/* What may be a value itself is never a place: "3" of 0–4 is three. */
gboolean note_entry_is_place(const NoteSection *s, const char *typed)
{
    for (char **c = s->choices; *c; c++)
        if (g_ascii_isdigit(**c))
            return FALSE;
    return g_ascii_isdigit(*typed) && !typed[1] && (guint)(*typed - '1') < g_strv_length(s->choices);
}

/* Its place, itself, or its beginning where only one begins so. */
static char *settle_choice(const NoteSection *s, const char *typed, CivilDate today, GError **error)
{
    g_autofree char *wanted = text_fold_keep_swedish(typed);
    guint n = g_strv_length(s->choices), begun = 0, found = 0;
    (void)today;
    if (note_entry_is_place(s, typed))
        return g_strdup(s->choices[*typed - '1']);
    for (guint i = 0; i < n; i++) {
        g_autofree char *have = text_fold_keep_swedish(s->choices[i]);
        if (strcmp(have, wanted) == 0)
            return g_strdup(s->choices[i]);
        if (g_str_has_prefix(have, wanted) && !g_ascii_isdigit(have[strlen(wanted)])) { /* "1" begins no 10 */
            begun++;
            found = i;
        }
    }
    if (begun == 1)
        return g_strdup(s->choices[found]);
    if (s->open)
        return g_strdup(typed);
    g_autofree char *list = list_of(s);
    return refuse(error, g_strdup_printf(begun ? _("%s: “%s” begins more than one of %s") : _("%s: “%s” is none of %s"), s->title, typed, list));
}

static char *help_choice(const NoteSection *s)
{
    GString *help = g_string_new(NULL);
    for (guint i = 0; s->choices[i] && i < 9; i++) {
        char place[] = {(char)('1' + i), '\0'};
        gboolean counts = note_entry_is_place(s, place);
        g_string_append_printf(help, "%s%s%s%s", i ? "  " : "", counts ? place : "", counts ? " " : "", s->choices[i]);
    }
    if (s->open)
        g_string_append_printf(help, "  %s", _("or other words"));
    return g_string_free(help, FALSE);
}

/* ---- a number ---- */

static char *settle_number(const NoteSection *s, const char *typed, CivilDate today, GError **error)
{
    gsize digits = strspn(typed, "-0123456789.,");
    g_autofree char *number = g_strndup(typed, digits), *unit = g_strstrip(g_strdup(typed + digits));
    g_autofree char *point = g_strdelimit(g_strdup(number), ",", '.');
    Decimal d;
    (void)today;
    if (!decimal_parse(point, &d))
        return refuse(error, g_strdup_printf(_("%s: “%s” is no number"), s->title, typed));
    if (s->whole && strchr(point, '.'))
        return refuse(error, g_strdup_printf(_("%s: a whole number, without decimals"), s->title));
    if (*unit && g_strcmp0(unit, s->unit) != 0)
        return refuse(error, g_strdup_printf(_("%s: “%s” is not the unit here, which is %s"), s->title, unit, s->unit ? s->unit : "–"));
    g_strdelimit(point, ".", ','); /* digit for digit as it was typed */
    return s->unit ? g_strdup_printf("%s %s", point, s->unit) : g_strdup(point);
}

static char *help_number(const NoteSection *s)
{
    const char *words = s->whole ? _("a whole number") : _("a number");
    return s->unit ? g_strdup_printf("%s, %s", words, s->unit) : g_strdup(words);
}

/* ---- a date ---- */

static char *settle_date(const NoteSection *s, const char *typed, CivilDate today, GError **error)
{
    g_autoptr(GError) why = NULL;
    CivilDate plain;
    DateWish wish;
    if (civil_date_parse(typed, &plain))
        return civil_date_to_text(plain);
    if (!date_words_parse(typed, today, &wish, &why))
        return refuse(error, g_strdup_printf("%s: %s", s->title, why ? why->message : _("this is no date")));
    if (civil_date_compare(wish.from, wish.to) != 0 && !wish.around)
        return refuse(error, g_strdup_printf(_("%s: “%s” is more than one day"), s->title, typed));
    return civil_date_to_text(wish.target);
}

static char *help_date(const NoteSection *s)
{
    (void)s;
    return g_strdup(_("a date: today, mon, 21/11, 2026-11-21"));
}

/* ---- the table ---- */

static const struct {
    char *(*settle)(const NoteSection *s, const char *typed, CivilDate today, GError **error);
    char *(*help)(const NoteSection *s);
} entries[NOTE_ENTRIES] = {
    [NOTE_CHOICE] = {settle_choice, help_choice},
    [NOTE_NUMBER] = {settle_number, help_number},
    [NOTE_DATE] = {settle_date, help_date},
};

char *note_entry_settle(const NoteSection *s, const char *typed, CivilDate today, GError **error)
{
    g_autofree char *bare = g_strstrip(g_strdup(typed));
    if (!entries[s->entry].settle)
        return g_strdup(typed);
    return *bare ? entries[s->entry].settle(s, bare, today, error) : g_strdup("");
}

char *note_entry_help(const NoteSection *s)
{
    return entries[s->entry].help ? entries[s->entry].help(s) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The road through the line: word by word, each to one value, to the time, or to an issue. */
#include "chart/vitals-line.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/vitals-line-private.h"

#define NUMBER "(\\d+(?:[.,]\\d+)?)"

const char *line_word(const Line *l, guint at)
{
    return at < l->word->len ? l->word->pdata[at] : NULL;
}

static VitalField field_of(const char *word)
{
    for (int i = 0; word != NULL && i < VITAL_KINDS; i++)
        if (strcmp(vital_info((VitalField)i)->word, word) == 0)
            return (VitalField)i;
    return VITAL_REST;
}

/* ---- cutting the line ---- */

static void add_word(Line *l, const char *text, gsize len)
{
    char *shown = g_strndup(text, len);
    g_ptr_array_add(l->shown, shown);
    g_ptr_array_add(l->word, text_fold_keep_swedish(shown));
}

/* "af24", "t38,4", "kl7:10": the longest name before a digit; 0 when there is none. */
static gsize name_before_digit(const Line *l, const char *lower)
{
    for (gsize n = strlen(lower); n-- > 1;) {
        g_autofree char *name = g_strndup(lower, n);
        if (g_ascii_isdigit(lower[n]) &&
            (vital_word(l->words, "name", name) != NULL || vital_word(l->words, "clock", name) != NULL))
            return n;
    }
    return 0;
}

/* "38,4a": a letter of ACVPU at the end of a number. "38,4c" stays: it could be degrees. */
static gsize level_after_digit(const char *lower)
{
    gsize n = strlen(lower);
    return g_regex_match_simple("^\\d[\\d.,]*!?[avpu]$", lower, 0, 0) ? n - 1 : 0;
}

static void split(Line *l, const char *line)
{
    static const char *const forms[][2] = {
        {"[,;](?=\\s|$)", ""}, {"\\s+(?=!)", ""}, {"\\bi\\s+(?=(dag|går|förrgår)\\b)", "i"}, {"\\biförrgår\\b", "förrgår"},
    };
    g_autofree char *text = text_sanitise(line, -1, FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GRegex) regex = g_regex_new(forms[i][0], G_REGEX_CASELESS, 0, NULL);
        char *next = g_regex_replace(regex, text, -1, 0, forms[i][1], G_REGEX_MATCH_DEFAULT, NULL);
        g_free(text);
        text = next;
    }
    g_auto(GStrv) words = g_strsplit_set(text, " ", -1);
    for (char **w = words; *w != NULL; w++) {
        g_autofree char *lower = text_fold_keep_swedish(*w);
        /* folding may change lengths of letters nobody names a measurement with: then nothing is cut */
        gboolean same = strlen(lower) == strlen(*w);
        gsize cut = same ? name_before_digit(l, lower) : 0;
        cut = cut == 0 && same ? level_after_digit(lower) : cut;
        if (cut > 0)
            add_word(l, *w, cut);
        if (**w != '\0')
            add_word(l, *w + cut, strlen(*w + cut));
    }
}

/* ---- one value ---- */

static void refuse(Line *l, VitalField field, const char *token, char *text)
{
    vital_set_add_issue(l->set, field, VITAL_REFUSED, token, text);
}

static void ask(Line *l, VitalField field, const char *token, char *text)
{
    vital_set_add_issue(l->set, field, VITAL_AMBIGUOUS, token, text);
}

static void keep(Line *l, VitalField field, const char *text, gboolean bang)
{
    char *before = l->set->typed[field];
    l->set->typed[field] = before == NULL ? g_strconcat(text, bang ? "!" : "", NULL)
                                          : g_strconcat(before, " ", text, bang ? "!" : "", NULL);
    g_free(before);
}

/* FALSE: it was there already. */
static gboolean claim(Line *l, VitalField field, const char *token)
{
    VitalValue *v = &l->set->value[field];
    if (!v->given && vital_set_issue(l->set, field) == NULL) {
        v->given = TRUE;
        return TRUE;
    }
    if (v->given)
        ask(l, field, token, g_strdup_printf(_("%s is said twice: take one of them away"), vital_info(field)->brief));
    return FALSE;
}

static gboolean number(Line *l, VitalField field, const char *text, Decimal *ret)
{
    const VitalInfo *info = vital_info(field);
    gboolean shape = g_regex_match_simple("^\\d{1,7}([.,]\\d+)?$", text, 0, 0);
    if (!shape || !decimal_parse(text, ret)) {
        refuse(l, field, text, g_strdup_printf(_("%s: “%s” is not a number that can be measured"), info->brief, text));
        return FALSE;
    }
    if (ret->scale > info->decimals) {
        refuse(l, field, text,
               info->decimals == 0 ? g_strdup_printf(_("%s is written without decimals, not %s"), info->brief, text)
                                   : g_strdup_printf(ngettext("%s has at most %d decimal, not %s", "%s has at most %d decimals, not %s",
                                                              (gulong)info->decimals), info->brief, info->decimals, text));
        return FALSE;
    }
    return TRUE;
}

static void set_value(Line *l, VitalField field, const char *text, gboolean bang)
{
    Decimal d;
    keep(l, field, text, bang);
    if (!number(l, field, text, &d) || !claim(l, field, text))
        return;
    l->set->value[field].value = d;
    l->set->value[field].confirmed = bang;
}

static void set_pressure(Line *l, const char *text, gboolean bang)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    Decimal high, low;
    keep(l, VITAL_PRESSURE, text, bang);
    if (g_strv_length(parts) < 2 || *parts[0] == '\0' || *parts[1] == '\0') {
        refuse(l, VITAL_PRESSURE, text, g_strdup_printf(_("BT is written with two numbers, as 120/80, not %s"), text));
        return;
    }
    if (!number(l, VITAL_PRESSURE, parts[0], &high) || !number(l, VITAL_PRESSURE, parts[1], &low) ||
        !claim(l, VITAL_PRESSURE, text))
        return;
    VitalValue *v = &l->set->value[VITAL_PRESSURE];
    v->value = high;
    v->second = low;
    v->confirmed = bang;
    l->next = MAX(l->next, VITAL_PULSE);
}

static void set_level(Line *l, char letter)
{
    char text[] = {letter, '\0'};
    keep(l, VITAL_CONSCIOUSNESS, text, FALSE);
    if (claim(l, VITAL_CONSCIOUSNESS, text))
        l->set->value[VITAL_CONSCIOUSNESS].level = letter;
}

static void set_air(Line *l)
{
    keep(l, VITAL_OXYGEN, "luft", FALSE);
    if (claim(l, VITAL_OXYGEN, "luft"))
        l->set->value[VITAL_OXYGEN].value = decimal_from_int(0);
}

/* ---- numbers ---- */

static char *group(const char *pattern, const char *text, int n)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, n) : NULL;
}

static gboolean unit_fits(const char *unit, const char *meaning, VitalField field)
{
    if (strcmp(meaning, "-") != 0)
        return field_of(meaning) == field;
    return strcmp(unit, "ml") == 0 ? field == VITAL_FLUID_IN || field == VITAL_FLUID_OUT
                                   : field == VITAL_RESPIRATION || field == VITAL_PULSE;
}

/* The value of a field that is known: "24", "82,5kg", "350 ml", "104/62 mmHg"; how many words more than
 * the one at @at were used. */
static guint named_value(Line *l, VitalField field, guint at, gboolean bang)
{
    const char *w = line_word(l, at), *after = line_word(l, at + 1);
    g_autofree char *bare = g_strndup(w, strlen(w) - (bang ? 1 : 0));
    gsize digits = strspn(bare, field == VITAL_PRESSURE ? "0123456789.,/" : "0123456789.,");
    g_autofree char *text = bare[digits] != '\0' && digits > 0 ? g_strndup(bare, digits) : g_strdup(bare);
    const char *unit = bare[digits] != '\0' && digits > 0 ? bare + digits : NULL;
    guint more = 0;
    const char *meaning = unit != NULL ? vital_word(l->words, "unit", unit) : NULL;
    if (unit == NULL && after != NULL && vital_word(l->words, "unit", after) != NULL &&
        (vital_word(l->words, "air", after) == NULL || field == VITAL_OXYGEN)) {
        unit = after;
        meaning = vital_word(l->words, "unit", after);
        more = 1;
    }
    if (field == VITAL_TEMPERATURE && g_strcmp0(unit, "c") == 0) /* glued to a temperature it is no level */
        unit = NULL;
    if (unit != NULL && (meaning == NULL || !unit_fits(unit, meaning, field))) {
        keep(l, field, bare, bang);
        refuse(l, field, bare, g_strdup_printf(_("%s: “%s” is not its unit"), vital_info(field)->brief, unit));
    } else if (field == VITAL_PRESSURE) {
        set_pressure(l, text, bang);
    } else {
        set_value(l, field, text, bang);
    }
    return more;
}

/* What the next number without a name is. */
static VitalField next_in_order(const Line *l)
{
    static const VitalField order[] = {VITAL_RESPIRATION, VITAL_SATURATION, VITAL_PRESSURE, VITAL_PULSE, VITAL_TEMPERATURE};
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        if (order[i] >= l->next && l->set->typed[order[i]] == NULL)
            return order[i];
    return VITAL_REST;
}

static void bare_number(Line *l, const char *shown, const char *text, gboolean bang)
{
    VitalField field = next_in_order(l);
    if (line_take_bare_clock(l, shown, field == VITAL_REST))
        return;
    if (field == VITAL_REST || field == VITAL_PRESSURE)
        keep(l, VITAL_REST, shown, FALSE);
    if (field == VITAL_REST) {
        ask(l, VITAL_REST, shown, g_strdup_printf(_("What is %s? Write what it is before it: vikt %s, kl %s …"), text, text, text));
    } else if (field == VITAL_PRESSURE) {
        ask(l, VITAL_REST, shown, g_strdup_printf(_("What is %s? BT is written as 120/80; a pulse without BT as p %s"), text, text));
    } else {
        set_value(l, field, text, bang);
        l->next = (VitalField)(field + 1);
    }
}

/* Its unit says what a number without a name is: "82,5kg". */
static guint number_with_unit(Line *l, const char *unit, const char *shown, gboolean bang)
{
    const char *meaning = vital_word(l->words, "unit", unit);
    VitalField field = field_of(meaning), next = next_in_order(l);
    if (field == VITAL_REST && meaning != NULL && next != VITAL_REST && unit_fits(unit, meaning, next)) {
        field = next; /* "24 /min" in its place */
        l->next = (VitalField)(next + 1);
    }
    if (field != VITAL_REST)
        return named_value(l, field, l->at, bang);
    keep(l, VITAL_REST, shown, FALSE);
    if (strcmp(unit, "c") == 0)
        ask(l, VITAL_REST, shown, g_strdup_printf(_("Is %s degrees, or C for new confusion? Write t before the number, or a space before c"), shown));
    else if (meaning != NULL)
        ask(l, VITAL_REST, shown, g_strdup_printf(_("What is %s? Write what it is before it"), shown));
    else
        refuse(l, VITAL_REST, shown, g_strdup_printf(_("“%s” is not understood"), shown));
    return 0;
}

/* "92/2l", "92/luft": saturation and what was breathed. */
static gboolean saturation_and_oxygen(Line *l, const char *text, gboolean bang)
{
    static const char *const with_flow = "^" NUMBER "%?/" NUMBER "(l|l/min)$", *const with_air = "^" NUMBER "%?/(l|luft)$";
    g_autofree char *sat = group(with_flow, text, 1), *flow = group(with_flow, text, 2), *on_air = group(with_air, text, 1);
    if (sat == NULL && on_air == NULL)
        return FALSE;
    set_value(l, VITAL_SATURATION, sat != NULL ? sat : on_air, bang);
    l->next = MAX(l->next, VITAL_PRESSURE);
    if (flow != NULL)
        set_value(l, VITAL_OXYGEN, flow, bang);
    else
        set_air(l);
    return TRUE;
}

/* "104/62": a blood pressure, unless it could as well be a saturation without the l of litres. */
static gboolean pair(Line *l, const char *shown, const char *text, gboolean bang)
{
    static const char *const pattern = "^" NUMBER "/" NUMBER "(mmhg)?$";
    g_autofree char *first = group(pattern, text, 1), *second = group(pattern, text, 2);
    if (first == NULL)
        return FALSE;
    g_autofree char *both = g_strdup_printf("%s/%s", first, second);
    gboolean small = g_ascii_strtoull(first, NULL, 10) <= 100 && g_ascii_strtoull(second, NULL, 10) <= 15;
    if (small && !bang) {
        l->next = next_in_order(l) == VITAL_SATURATION ? VITAL_PRESSURE : MAX(l->next, VITAL_PULSE); /* its place is taken */
        keep(l, VITAL_REST, shown, FALSE);
        ask(l, VITAL_REST, shown, g_strdup_printf(_("Is %s SpO2 with oxygen, or BT? Write %sl or bt %s"), both, both, both));
        return TRUE;
    }
    set_pressure(l, both, bang);
    return TRUE;
}

/* ---- one word ---- */

/* "p 112" is the pulse; "p" by itself is P of ACVPU. Where the pulse has been said "p 112" is neither. */
static gboolean is_level(const Line *l, const char *w, const char *next)
{
    if (vital_word(l->words, "level", w) == NULL)
        return FALSE;
    return vital_word(l->words, "name", w) == NULL || next == NULL || !g_ascii_isdigit(next[0]) || strchr(next, ':') != NULL;
}

/* A name and what follows it; how many words were used. */
static guint take_named(Line *l, VitalField field)
{
    const char *w = line_word(l, l->at), *next = line_word(l, l->at + 1);
    gboolean bang = next != NULL && g_str_has_suffix(next, "!");
    if (next == NULL || vital_word(l->words, "name", next) != NULL) {
        gboolean letter = field == VITAL_CONSCIOUSNESS && next != NULL && vital_word(l->words, "level", next) != NULL;
        if (!letter) {
            keep(l, VITAL_REST, l->shown->pdata[l->at], FALSE);
            refuse(l, field, w, g_strdup_printf(_("%s: no value stands after it"), vital_info(field)->brief));
            return 1;
        }
    }
    if (field == VITAL_CONSCIOUSNESS) {
        const char *letter = vital_word(l->words, "level", next);
        if (letter != NULL) {
            set_level(l, letter[0]);
            return 2;
        }
        keep(l, field, next, FALSE);
        refuse(l, field, next, g_strdup_printf(_("ACVPU is one of A, C, V, P and U, not “%s”"), next));
        return 2;
    }
    if (field == VITAL_OXYGEN && vital_word(l->words, "air", next) != NULL) {
        set_air(l);
        return 2;
    }
    if (field == VITAL_SATURATION && saturation_and_oxygen(l, next, FALSE))
        return 2;
    if (field == VITAL_PULSE && strcmp(w, "p") == 0 && l->set->value[VITAL_PULSE].given) {
        keep(l, VITAL_REST, "p", FALSE);
        ask(l, VITAL_REST, "p", g_strdup(_("p: the pulse is said already. Write acvpu p, or take one of them away")));
        return 1;
    }
    guint more = named_value(l, field, l->at + 1, bang);
    return 2 + more;
}

/* Something that begins with a digit; how many words were used, 0: nothing of it is a value. */
static guint take_number(Line *l, const char *text, gboolean bang)
{
    const char *shown = l->shown->pdata[l->at], *after = line_word(l, l->at + 1);
    if (saturation_and_oxygen(l, text, bang) || pair(l, shown, text, bang))
        return 1;
    g_autofree char *digits = group("^" NUMBER "(.*)$", text, 1), *rest = group("^" NUMBER "(.*)$", text, 2);
    if (digits == NULL)
        return 0;
    if (*rest != '\0')
        return 1 + number_with_unit(l, rest, shown, bang);
    gboolean unit = after != NULL && vital_word(l->words, "unit", after) != NULL && vital_word(l->words, "air", after) == NULL;
    if (unit)
        return 1 + number_with_unit(l, after, shown, bang);
    bare_number(l, shown, digits, bang);
    return 1;
}

static guint take_word(Line *l)
{
    const char *w = line_word(l, l->at), *next = line_word(l, l->at + 1);
    gboolean bang = g_str_has_suffix(w, "!") && w[1] != '\0';
    g_autofree char *text = g_strndup(w, strlen(w) - (bang ? 1 : 0));
    guint used = line_take_time(l);
    if (used > 0)
        return used;
    if (l->at == 0 && strcmp(w, "v") == 0 && next != NULL) { /* the letter that opens the line, or of ACVPU */
        l->opened = TRUE;
        return 1;
    }
    if (is_level(l, text, next)) {
        set_level(l, vital_word(l->words, "level", text)[0]);
        return 1;
    }
    if (vital_word(l->words, "name", w) != NULL)
        return take_named(l, field_of(vital_word(l->words, "name", w)));
    if (vital_word(l->words, "air", w) != NULL) {
        set_air(l);
        return 1;
    }
    used = g_ascii_isdigit(text[0]) ? take_number(l, text, bang) : 0;
    if (used > 0)
        return used;
    keep(l, VITAL_REST, l->shown->pdata[l->at], FALSE);
    refuse(l, VITAL_REST, w, g_strdup_printf(_("“%s” is not understood"), (char *)l->shown->pdata[l->at]));
    return 1;
}

VitalSet *vitals_line_parse(const VitalWords *words, const char *line, const VitalContext *context)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(g_free), word = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) time_typed = g_string_new(NULL);
    Line l = {.words = words, .context = context, .set = vital_set_new(context->begun != 0 ? context->begun : context->now), .shown = shown, .word = word,
              .time_typed = time_typed};
    split(&l, line);
    while (l.at < word->len)
        l.at += take_word(&l);
    l.set->pregnant = context->pregnant;
    line_finish_time(&l);
    if (l.opened && !l.set->value[VITAL_CONSCIOUSNESS].given && l.set->typed[VITAL_CONSCIOUSNESS] == NULL) {
        ask(&l, VITAL_REST, "v", g_strdup(_("v: write acvpu v if the patient responds to voice; else take the v away")));
    }
    VitalValue *oxygen = &l.set->value[VITAL_OXYGEN];
    if (l.set->value[VITAL_SATURATION].given && l.set->typed[VITAL_OXYGEN] == NULL && context->last_oxygen == 0)
        *oxygen = (VitalValue){.given = TRUE, .value = decimal_from_int(0), .assumed = TRUE};
    return l.set;
}

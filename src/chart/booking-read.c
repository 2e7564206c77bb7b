/* SPDX-License-Identifier: GPL-3.0-or-later
 * The booking line, word by word. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/booking.h"

void booking_wish_free(BookingWish *w)
{
    if (!w)
        return;
    g_ptr_array_unref(w->terms);
    g_free(w->who);
    g_free(w->problem);
    g_free(w);
}

static void tell(BookingWish *w, char *sentence)
{
    if (w->problem)
        g_free(sentence);
    else
        w->problem = sentence;
}

static void twice(BookingWish *w, gboolean is)
{
    if (is)
        tell(w, g_strdup(_("The line says two kinds, dates, times or lengths; keep one")));
}

/* "ssk+läk" are two; "+3v" is one. */
static char **words_of(const char *line)
{
    g_autofree char *lower = g_utf8_strdown(line, -1);
    g_auto(GStrv) raw = g_strsplit_set(lower, " \t,;", -1);
    g_autoptr(GStrvBuilder) out = g_strv_builder_new();
    for (char **w = raw; *w; w++) {
        g_auto(GStrv) parts = g_strsplit(**w == '+' ? "" : *w, "+", -1);
        if (**w == '+')
            g_strv_builder_add(out, *w);
        for (char **p = parts; *p; p++)
            if (**p)
                g_strv_builder_add(out, *p);
    }
    return g_strv_builder_end(out);
}

/* "45min", "45 min", "1h", "1 tim". */
static guint take_length(char *const *w, guint *ret_minutes)
{
    static const struct {
        const char *word;
        guint minutes;
    } units[] = {{"min", 1}, {"minuter", 1}, {"h", 60}, {"tim", 60}, {"timme", 60}, {"timmar", 60}};
    char *end = NULL;
    if (!g_ascii_isdigit(w[0][0]))
        return 0;
    guint64 n = g_ascii_strtoull(w[0], &end, 10);
    const char *unit = *end ? end : w[1];
    for (gsize i = 0; unit && i < G_N_ELEMENTS(units); i++)
        if (strcmp(units[i].word, unit) == 0 && n < 1000) {
            *ret_minutes = (guint)n * units[i].minutes;
            return *end ? 1 : 2;
        }
    return 0;
}

static guint take_when(BookingWish *w, char *const *words, CivilDate today)
{
    g_autoptr(GError) error = NULL;
    DateWish when;
    TimeWish time;
    guint n = time_words_take(words, &time, &error);
    if (n) {
        twice(w, w->has_time);
        w->time = time;
        w->has_time = TRUE;
        return n;
    }
    n = error ? 0 : date_words_take(words, today, &when, &error);
    if (n) {
        twice(w, w->has_when);
        if (civil_date_compare(when.to, today) < 0)
            tell(w, g_strdup(_("That day has been")));
        w->when = when;
        w->has_when = TRUE;
        return n;
    }
    if (error) {
        tell(w, g_strdup(_(error->message)));
        return 1;
    }
    return 0;
}

static gboolean is_filler(const char *word)
{
    static const char *const fillers[] = {"hos", "med", "i", "på", "och", "till", "boka", "tid", "den", "kl", "kl.", NULL};
    return g_strv_contains(fillers, word);
}

static guint take_one(BookingWish *w, char *const *words, CivilDate today)
{
    guint minutes = 0, n = take_length(words, &minutes);
    if (n) {
        twice(w, w->minutes != 0);
        w->minutes = minutes;
        if (minutes < 5 || minutes > 8 * 60)
            tell(w, g_strdup_printf(_("A visit cannot be %u minutes long"), minutes));
        return n;
    }
    g_autofree char *folded = text_fold(words[0]);
    const VisitType *type = visit_type_of_word(g_strstrip(folded));
    if (type) {
        twice(w, w->type != NULL);
        w->type = type;
        return 1;
    }
    if ((n = take_when(w, words, today)))
        return n;
    if (!is_filler(words[0]) && *folded) {
        char *who = w->who ? g_strdup_printf("%s + %s", w->who, words[0]) : g_strdup(words[0]);
        g_free(w->who);
        w->who = who;
        g_ptr_array_add(w->terms, g_steal_pointer(&folded));
    }
    return 1;
}

BookingWish *booking_read(const char *line, CivilDate today)
{
    BookingWish *w = g_new0(BookingWish, 1);
    w->terms = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) words = words_of(line);
    for (char **at = words; *at;)
        at += take_one(w, at, today);
    gsize n = strlen(line);
    w->open_end = n && line[n - 1] != ' ';
    return w;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Times of day as people type them: "kl 10", "10:30", "fm", "efter 13". */
#include "chart/date-words-internal.h"

#include <glib/gi18n.h>
#include <string.h>

/* "10:30", "10.30", "1030" and "10" only after kl. */
static int clock_of(const char *word, gboolean bare, GError **error)
{
    int hour = 0, minute = 0;
    const char *rest = "";
    if (!date_words_number(word, &hour, &rest))
        return -1;
    gsize digits = (gsize)(rest - word);
    if (*rest == ':' || *rest == '.') {
        const char *minutes = rest + 1;
        if (digits > 2 || !date_words_number(minutes, &minute, &rest) || rest - minutes != 2 || *rest)
            return -1;
    } else if (*rest || !bare) {
        return -1;
    } else if (digits == 4) {
        minute = hour % 100;
        hour /= 100;
    } else if (digits > 2) {
        return -1;
    }
    if (hour > 23 || minute > 59) {
        date_words_impossible(error, _("There is no time %s"), word);
        return -1;
    }
    return hour * 60 + minute;
}

guint time_words_take(char *const *w, TimeWish *ret, GError **error)
{
    static const struct {
        const char *word;
        gboolean from, to;
    } leads[] = {{"kl", FALSE, FALSE}, {"kl.", FALSE, FALSE}, {"klockan", FALSE, FALSE},
                 {"efter", TRUE, FALSE}, {"från", TRUE, FALSE}, {"före", FALSE, TRUE}, {"innan", FALSE, TRUE}};
    if (strcmp(w[0], "fm") == 0 || strcmp(w[0], "em") == 0) {
        *ret = *w[0] == 'f' ? (TimeWish){0, 12 * 60} : (TimeWish){12 * 60, 24 * 60};
        return 1;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(leads); i++) {
        if (strcmp(w[0], leads[i].word) != 0 || !w[1])
            continue;
        guint used = (leads[i].from || leads[i].to) && g_str_has_prefix(w[1], "kl") && w[2] ? 2 : 1;
        int at = clock_of(w[used], TRUE, error);
        if (at < 0)
            return 0;
        *ret = leads[i].from ? (TimeWish){at, 24 * 60} : leads[i].to ? (TimeWish){0, at} : (TimeWish){at, at + 1};
        return used + 1;
    }
    gboolean glued = g_str_has_prefix(w[0], "kl") && g_ascii_isdigit(w[0][2]);
    int at = clock_of(glued ? w[0] + 2 : w[0], glued, error);
    if (at < 0)
        return 0;
    *ret = (TimeWish){at, at + 1};
    return 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the core has shown of itself in its answers, beside what it says it can: remembered for the
 * session, told in the dialect report. Nothing here decides anything: rond is ready for all of it. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "client/internal.h"

/* Each by its bit: the word under which it is kept. */
static const char *const kept[OBSERVATIONS] = {"409",   "412",      "423",   "whole",   "empty",   "location", "no-location", "total",
                                               "no-total", "twice", "expired", "outcome", "plain", "429",      "retry-after"};

/* One row a difference; of each the first sighting is logged. */
static const struct {
    const char *what, *assumed; /* N_() */
    struct {
        Observation seen;
        const char *words; /* N_(), or a number */
    } can[4];
} rows[] = {
    {N_("change that came too late"), N_("409, 412 and 423 are one: it is read again and shown"),
     {{SEEN_409, "409"}, {SEEN_412, "412"}, {SEEN_423, N_("423, being edited")}}},
    {N_("answer to what is written"), N_("whole, or read back"),
     {{SEEN_WHOLE, N_("the whole of it")}, {SEEN_EMPTY, N_("empty: it is read back")}}},
    {N_("where a new one lies"), N_("said in Location or in the answer"),
     {{SEEN_LOCATION, N_("said in Location")}, {SEEN_NO_LOCATION, N_("not said in Location")}}},
    {N_("number of hits"), N_("nothing depends on it"),
     {{SEEN_TOTAL, N_("said")}, {SEEN_NO_TOTAL, N_("not said")}}},
    {N_("pages of a list"), N_("each thing once; a list that expires is begun again, once"),
     {{SEEN_TWICE, N_("the same thing on two: the newest version counts")},
      {SEEN_EXPIRED, N_("expired before the last")}}},
    {N_("errors"), N_("as an OperationOutcome or in plain words"),
     {{SEEN_OUTCOME, N_("as an OperationOutcome")}, {SEEN_PLAIN, N_("in plain words")}}},
    {N_("too many questions"), N_("429: tried again when it says so"),
     {{SEEN_429, N_("429, without a time")}, {SEEN_RETRY_AFTER, N_("429, with a time")}}},
};

static guint bit_of(Observation seen)
{
    return (guint)g_bit_nth_lsf(seen, -1);
}

void client_observe(Client *client, Observation seen)
{
    client->observed_at[bit_of(seen)] = clock_real_us();
    if (client->observed & seen)
        return;
    client->observed |= seen;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(rows[i].can); k++)
            if (rows[i].can[k].seen == seen)
                log_event(LOG_INFO, "dialect", "observed: %s: %s", rows[i].what, rows[i].can[k].words);
}

/* ---- from one session to the next ---------------------------------------------------------- */

#define HOUR (3600 * (Instant)G_USEC_PER_SEC)

char *client_observed_text(const Client *client)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < OBSERVATIONS; i++)
        if (client->observed & (1u << i))
            g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", kept[i],
                                   client->observed_at[i] / HOUR * HOUR / G_USEC_PER_SEC);
    return g_string_free(text, FALSE);
}

void client_take_observed(Client *client, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    client->observed = 0;
    for (char **line = lines; *line; line++) {
        char *blank = strchr(*line, ' ');
        Instant at = blank ? g_ascii_strtoll(blank, NULL, 10) * G_USEC_PER_SEC : 0;
        for (guint i = 0; blank && at > 0 && i < OBSERVATIONS; i++) {
            if (strncmp(*line, kept[i], (gsize)(blank - *line)) != 0 || kept[i][blank - *line] != '\0')
                continue;
            client->observed |= 1u << i;
            client->observed_at[i] = MIN(at, clock_real_us());
        }
    }
}

/* ---- the report ---------------------------------------------------------------------------- */

void observed_each(const Client *client, void (*fn)(const DialectRow *row, gpointer data), gpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) words = g_string_new(NULL);
        Instant at = INSTANT_NONE;
        for (gsize k = 0; k < G_N_ELEMENTS(rows[i].can); k++)
            if (rows[i].can[k].seen & client->observed) {
                g_string_append_printf(words, "%s%s", words->len ? "; " : "", _(rows[i].can[k].words));
                at = MAX(at, client->observed_at[bit_of(rows[i].can[k].seen)]);
            }
        fn(&(DialectRow){_(rows[i].what), words->len ? words->str : _(rows[i].assumed), words->len ? OBSERVED : ASSUMED, at}, data);
    }
}

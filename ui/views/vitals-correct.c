/* SPDX-License-Identifier: GPL-3.0-or-later
 * A measurement corrected or struck in the same line: the new value, and the reason after "skäl". The
 * version that is corrected is the one that stands on the screen. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/vitals-write.h"
#include "ui/views/vitals-new.h"

#define CORRECT "correct:"
#define STRIKE "strike:"

gboolean vitals_correct_begin(VitalsNew *s, const char *arg)
{
    s->strike = arg && g_str_has_prefix(arg, STRIKE);
    gboolean any = s->strike || (arg && g_str_has_prefix(arg, CORRECT));
    s->old_id = any ? g_strdup(strchr(arg, ':') + 1) : NULL;
    return any;
}

char *vitals_correct_arg(const VitalsNew *s)
{
    return s->old_id ? g_strconcat(s->strike ? STRIKE : CORRECT, s->old_id, NULL) : NULL;
}

/* "20 skäl felskrivet"; of what is struck only the reason is typed. */
static void cut(VitalsNew *s, char **ret_value)
{
    g_autoptr(GRegex) regex = g_regex_new("(?:^|\\s)(?:skäl|orsak)\\b:?\\s*", G_REGEX_CASELESS, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int from = 0, to = 0;
    gboolean found = g_regex_match(regex, s->line.text, 0, &match) && g_match_info_fetch_pos(match, 0, &from, &to);
    g_free(s->reason);
    s->reason = g_strstrip(g_strdup(found ? s->line.text + to : s->strike ? s->line.text : ""));
    *ret_value = g_strstrip(g_strndup(s->line.text, found ? (gsize)from : s->strike ? 0 : strlen(s->line.text)));
}

static VitalField kind_of(const VitalsNew *s)
{
    return s->old ? vital_kind_of(s->old) : VITAL_REST;
}

static void demand(VitalsNew *s, VitalField field, char *sentence)
{
    vital_set_add_issue(s->set, field, VITAL_REFUSED, NULL, sentence);
}

void vitals_correct_read(VitalsNew *s, const VitalContext *c)
{
    VitalField kind = kind_of(s);
    VitalContext plain = {.now = c->now, .begun = c->now, .months = c->months, .last_oxygen = -1};
    g_autofree char *value = NULL, *named = NULL;
    cut(s, &value);
    gboolean bare = kind != VITAL_REST && g_ascii_isdigit(*value);
    named = g_strdup_printf("%s %s", bare ? vital_info(kind)->word : "", value);
    vital_set_free(s->set);
    s->set = vitals_read(s->data, named, &plain);
    if (!s->old) {
        demand(s, VITAL_REST, g_strdup(_("The measurement is being fetched")));
    } else if (fhir_is(fhir_root(s->old), "status", "entered-in-error")) {
        demand(s, VITAL_REST, g_strdup(_("This measurement is struck")));
    } else if (kind == VITAL_REST) {
        demand(s, VITAL_REST, g_strdup(_("This measurement cannot be corrected here")));
    } else {
        guint others = vital_set_count(s->set) - s->set->value[kind].given;
        if (others > 0)
            demand(s, kind, g_strdup_printf(_("Only %s is corrected here"), vital_info(kind)->brief));
        else if (!s->strike && !s->set->value[kind].given && s->set->issues->len == 0)
            demand(s, kind, g_strdup_printf(_("Type the right value of %s, then skäl and the reason"), vital_info(kind)->brief));
    }
    if (!*s->reason)
        demand(s, VITAL_REST, g_strdup(s->strike ? _("Type the reason why it is struck") : _("Type skäl and the reason after the value")));
}

static void on_old(Feed *feed, gpointer data)
{
    View *v = data;
    VitalsNew *s = v->state;
    const FeedState *f = feed_state(feed);
    fhir_resource_unref(s->old);
    s->old = f->items->len ? fhir_resource_ref(f->items->pdata[0]) : NULL;
    line_reread(v);
}

void vitals_correct_load(View *v)
{
    VitalsNew *s = v->state;
    if (s->old_id)
        feed_watch_one(v->app->client, v->scope, v->patient, "Observation", s->old_id, on_old, v);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/section.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/value-source.h"

typedef struct {
    const Section *section;
    Feed *feeds[SECTION_FEEDS]; /* NULL until it is loaded */
    GPtrArray *rows;            /* SectionRow */
    List *list;
    char *wanted; /* the row to come back to, until it is there */
    guint left_out; /* of what was answered */
    GHashTable *marked, *seen; /* id → version: as it was marked, as it was first shown */
} State;
G_STATIC_ASSERT(sizeof(State) <= SECTION_STATE_BYTES);

/* ---- rows ---- */

static void row_free(gpointer p)
{
    SectionRow *r = p;
    for (guint i = 0; i < SECTION_CELLS; i++)
        g_free(r->cells[i]);
    fhir_resource_unref(r->source);
    g_free(r->explained);
    g_free(r->id);
    g_free(r);
}

SectionRow *section_add(GPtrArray *rows, const FhirResource *source, Instant fetched)
{
    SectionRow *r = g_new0(SectionRow, 1);
    r->id = g_strdup(fhir_id(source) ? fhir_id(source) : "");
    r->source = fhir_resource_ref(source);
    r->fetched = fetched;
    g_ptr_array_add(rows, r);
    return r;
}

static char *cell(gpointer row, guint i, Style *style)
{
    const SectionRow *r = row;
    *style = r->style;
    return g_strdup(r->cells[i] ? r->cells[i] : "");
}

#define CELL(N)                                                                                    \
    char *section_cell_##N(gpointer row, Style *style)                                             \
    {                                                                                              \
        return cell(row, N, style);                                                                \
    }
CELL(0)
CELL(1)
CELL(2)
CELL(3)
CELL(4)
CELL(5)
CELL(6)
CELL(7)
CELL(8)
CELL(9)
CELL(10)

char *section_cell_mark(gpointer row, Style *style)
{
    const SectionRow *r = row;
    *style = r->changed ? STYLE_WARNING : STYLE_STRONG;
    return g_strconcat(r->marked ? "✓" : " ", r->changed ? "!" : "", NULL);
}

static guint row_count(gpointer model)
{
    return ((State *)model)->rows->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((State *)model)->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((SectionRow *)row_at(model, i))->id;
}

static const char *row_heading(gpointer model, guint i)
{
    const SectionRow *r = row_at(model, i), *before = i ? row_at(model, i - 1) : NULL;
    return r->group && (!before || g_strcmp0(before->group, r->group) != 0) ? r->group : NULL;
}
static const ListModel model = {row_count, row_at, row_id, row_heading};

static SectionRow *selected(State *s)
{
    int i = list_selected(s->list);
    return i >= 0 && (guint)i < s->rows->len ? s->rows->pdata[i] : NULL;
}

/* ---- marks ---- */

static const char *version_of(const SectionRow *r)
{
    return fhir_version_id(r->source) ? fhir_version_id(r->source) : "";
}

static void show_version(State *s, SectionRow *r)
{
    g_hash_table_insert(s->seen, g_strdup(r->id), g_strdup(version_of(r)));
    r->changed = FALSE;
}

/* A mark is on what was read: on another version of it there is none. */
static void mark_rows(State *s)
{
    for (guint i = 0; i < s->rows->len; i++) {
        SectionRow *r = s->rows->pdata[i];
        const char *marked = g_hash_table_lookup(s->marked, r->id), *seen = g_hash_table_lookup(s->seen, r->id);
        r->marked = marked && strcmp(marked, version_of(r)) == 0;
        if (!seen)
            show_version(s, r);
        else
            r->changed = strcmp(seen, version_of(r)) != 0;
    }
}

static gboolean changed_since(State *s, SectionRow *r, GError **error)
{
    if (!r->changed)
        return FALSE;
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("Changed since it was shown, look at it again: %s"), r->cells[1] ? r->cells[1] : "");
    show_version(s, r);
    return TRUE;
}

gboolean section_mark(View *v, GError **error)
{
    State *s = v->state;
    SectionRow *r = selected(s);
    view_dirty(v);
    if (!r || !*r->id) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no row to mark"));
        return FALSE;
    }
    if (changed_since(s, r, error))
        return FALSE;
    r->marked = !r->marked;
    if (r->marked)
        g_hash_table_insert(s->marked, g_strdup(r->id), g_strdup(version_of(r)));
    else
        g_hash_table_remove(s->marked, r->id);
    return TRUE;
}

guint section_marks(View *v)
{
    State *s = v->state;
    guint n = 0;
    for (guint i = 0; i < s->rows->len; i++)
        n += ((SectionRow *)s->rows->pdata[i])->marked;
    return n;
}

GPtrArray *section_chosen(View *v, GError **error)
{
    State *s = v->state;
    guint marks = section_marks(v);
    SectionRow *at = selected(s);
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    view_dirty(v);
    if (g_hash_table_size(s->marked) > marks) { /* never what the cursor is on in the place of what was chosen */
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Something that was marked has changed since: look, and mark it again"));
        g_hash_table_remove_all(s->marked);
        mark_rows(s);
        return NULL;
    }
    for (guint i = 0; i < s->rows->len; i++) {
        SectionRow *r = s->rows->pdata[i];
        if (!(marks ? r->marked : r == at))
            continue;
        if (changed_since(s, r, error))
            return NULL;
        g_ptr_array_add(chosen, r->source);
    }
    if (!chosen->len)
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Choose a row first"));
    return chosen->len ? g_steal_pointer(&chosen) : NULL;
}

void section_unmark(View *v)
{
    State *s = v->state;
    g_hash_table_remove_all(s->marked);
    mark_rows(s);
    view_dirty(v);
}

/* ---- loading ---- */

gboolean section_open(View *v, const Section *section, const char *arg)
{
    State *s = v->state;
    s->section = section;
    s->rows = g_ptr_array_new_with_free_func(row_free);
    s->list = list_new(section->columns, &model, s);
    s->wanted = g_strdup(arg);
    s->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    list_set_empty_text(s->list, _("Being fetched …"));
    return TRUE;
}

static gboolean is_optional(const State *s, guint i)
{
    return s->section->optional && i + 1 == s->section->n_feeds;
}

static gboolean is_row_feed(const State *s, guint i)
{
    return i + s->section->n_beside < s->section->n_feeds;
}

/* The gravest doubt of all that was asked; NULL when all is known. */
static char *doubt_of(State *s, gboolean *ret_unknown)
{
    char *found = NULL;
    *ret_unknown = FALSE;
    for (guint i = 0; i < s->section->n_feeds; i++) {
        const FeedState *f = s->feeds[i] ? feed_state(s->feeds[i]) : NULL;
        gboolean unknown = f && (f->unknown || !f->answered);
        if (!f || is_optional(s, i) || (found && (*ret_unknown || !unknown)))
            continue;
        g_free(found);
        found = feed_doubt(f);
        *ret_unknown = unknown;
    }
    return found;
}

/* A modifier that nobody here knows may turn the meaning of a row round: it stands there marked. */
static void mark_modified(GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        SectionRow *r = rows->pdata[i];
        if (!fhir_has_modifier(r->source) || strcmp(fhir_type(r->source), "MedicationRequest") == 0)
            continue; /* a medicine's own state says it */
        g_autofree char *text = r->cells[1];
        r->cells[1] = g_strdup_printf(_("[CANNOT BE SHOWN SAFELY] %s"), text ? text : "");
        r->style = STYLE_WARNING;
    }
}

/* How many of the answer became no row, for whatever reason. */
static guint count_left_out(const State *s, const FeedState *const *feeds)
{
    g_autoptr(GHashTable) shown = g_hash_table_new(g_str_hash, g_str_equal);
    guint nameless = 0, n = 0;
    for (guint i = 0; i < s->rows->len; i++)
        if (!g_hash_table_add(shown, ((SectionRow *)s->rows->pdata[i])->id) || !*((SectionRow *)s->rows->pdata[i])->id)
            nameless++;
    for (guint f = 0; f < s->section->n_feeds - s->section->n_beside; f++)
        for (guint i = 0; i < feeds[f]->items->len; i++) {
            const char *id = fhir_id(feeds[f]->items->pdata[i]);
            n += !id || !g_hash_table_contains(shown, id);
        }
    return n > nameless ? n - nameless : 0;
}

static void on_feed(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    const FeedState *states[SECTION_FEEDS] = {NULL};
    gboolean unknown;
    int more = 0, before = 0;
    (void)feed;
    for (guint i = 0; i < s->section->n_feeds; i++) {
        if (!s->feeds[i] && is_optional(s, i))
            continue;
        if (!s->feeds[i])
            return; /* still being set up */
        states[i] = feed_state(s->feeds[i]);
        if (!is_row_feed(s, i))
            continue;
        before += states[i]->before;
        more = more < 0 || states[i]->beyond < 0 ? -1 : more + states[i]->beyond;
    }
    g_ptr_array_set_size(s->rows, 0);
    s->section->fill(s->rows, states, shell_now());
    mark_modified(s->rows);
    mark_rows(s);
    s->left_out = count_left_out(s, states);
    g_autofree char *doubt = doubt_of(s, &unknown);
    g_autofree char *reach = feed_reach(states[0]);
    g_autofree char *none = g_strconcat(_(s->section->none), reach ? ", " : NULL, reach, NULL);
    list_set_empty_text(s->list, unknown && doubt ? doubt : none);
    list_set_more(s->list, more);
    list_set_before(s->list, before);
    list_refresh(s->list);
    if (s->wanted && list_select_id(s->list, s->wanted))
        g_clear_pointer(&s->wanted, g_free);
    view_dirty(v);
}

void section_load(View *v, LoadWhy why)
{
    State *s = v->state;
    for (guint i = 0; i < s->section->n_feeds; i++)
        if (why == LOAD_REFRESH && s->feeds[i])
            feed_refresh(s->feeds[i]);
        else if (!is_optional(s, i) || client_can(v->app->client, feed_type(s->section->feeds[i]), "search-type"))
            s->feeds[i] =
                feed_watch(v->app->client, v->scope, v->patient, s->section->feeds[i], on_feed, v);
    for (guint i = 0; i < s->section->n_feeds; i++)
        if (s->feeds[i] && !is_optional(s, i))
            feed_count(s->feeds[i]);
}

/* The next page is fetched before its first row is reached. */
static void fetch_more(State *s)
{
    for (guint i = 0; list_near_end(s->list) && i < s->section->n_feeds; i++)
        if (s->feeds[i] && is_row_feed(s, i))
            feed_more(s->feeds[i]);
    for (guint i = 0; list_near_start(s->list) && i < s->section->n_feeds; i++)
        if (s->feeds[i] && is_row_feed(s, i))
            feed_back(s->feeds[i]);
}

/* ---- verbs ---- */

static CmdResult where_from(View *v, GError **error)
{
    SectionRow *r = selected(v->state);
    return value_source_open(v, r && r->cells[1] ? r->cells[1] : "", r ? r->source : NULL,
                             r ? r->explained : NULL, r ? r->fetched : INSTANT_NONE, error);
}

CmdResult section_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    gboolean open = strcmp(call->command->name, "open") == 0;
    if (s->section->beside && strcmp(call->command->name, "next-part") == 0)
        return v->app->frontend->open_view(v->app, s->section->beside, v->patient, NULL, error)
                   ? CMD_DONE
                   : CMD_ERROR;
    if (!open && strcmp(call->command->name, "value-source") != 0)
        return CMD_ERROR;
    SectionRow *r = selected(s);
    if (!open || !s->section->opens || !r)
        return where_from(v, error);
    g_autofree char *id = g_strdup(r->id);
    return v->app->frontend->open_view(v->app, s->section->opens, v->patient, id, error)
               ? CMD_DONE
               : CMD_ERROR;
}

CmdResult section_act(View *v, CmdCall *call, const char *view, const SectionVerb *verbs, GError **error)
{
    const FhirResource *r = call->selection;
    for (; r && fhir_id(r) && verbs->command; verbs++) {
        if (strcmp(call->command->name, verbs->command) != 0)
            continue;
        g_autofree char *arg = g_strdup_printf("%s%s/%s", verbs->prefix, fhir_type(r), fhir_id(r));
        return v->app->frontend->open_view(v->app, view, call->patient, arg, error) ? CMD_DONE : CMD_ERROR;
    }
    return section_command(v, call, error);
}

gboolean section_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    WidgetResult r = list_input(s->list, utf8, paste);
    if (r & WIDGET_CHANGED)
        g_clear_pointer(&s->wanted, g_free);
    fetch_more(s);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

/* The number that the overview gives, and apart from it what is past; "+": there are more. */
static char *count_words(State *s)
{
    guint past = 0;
    gboolean more[2] = {FALSE}; /* of what counts, of what is past */
    for (guint i = 0; i < s->rows->len; i++)
        past += ((SectionRow *)s->rows->pdata[i])->past;
    for (guint i = 0; i < s->section->n_feeds; i++)
        if (s->feeds[i] && is_row_feed(s, i) && feed_state(s->feeds[i])->beyond)
            more[s->section->feeds[i] == FEED_MEDICATIONS_ENDED] = TRUE;
    g_autofree char *also =
        past ? g_strdup_printf(" · %u%s %s", past, more[1] ? "+" : "", _(s->section->past)) : g_strdup("");
    return g_strdup_printf(" %u%s%s", s->rows->len - past, more[0] ? "+" : "", also);
}

void section_paint(View *v, Canvas *c)
{
    State *s = v->state;
    gboolean unknown;
    g_autofree char *doubt = doubt_of(s, &unknown);
    canvas_clear(c);
    int n = canvas_textf(c, 0, 1, STYLE_HEADING, "%s", _(s->section->heading));
    g_autofree char *count = s->rows->len ? count_words(s) : g_strdup("");
    n += canvas_text(c, 0, 1 + n, STYLE_NORMAL, count);
    g_autofree char *reach = s->rows->len && s->feeds[0] ? feed_reach(feed_state(s->feeds[0])) : NULL;
    if (reach)
        n += canvas_textf(c, 0, 1 + n, STYLE_DIM, ", %s", reach);
    if (s->left_out)
        n += canvas_textf(c, 0, 4 + n, STYLE_WARNING, ngettext("%u is not shown", "%u are not shown", s->left_out),
                          s->left_out) + 2;
    if (doubt && (s->rows->len || !unknown))
        canvas_text(c, 0, 4 + n, STYLE_WARNING, doubt);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
}

const SectionRow *section_selected(View *v)
{
    return selected(v->state);
}

guint section_rows(View *v)
{
    return ((State *)v->state)->rows->len;
}

FhirResource *section_selection(View *v)
{
    SectionRow *r = selected(v->state);
    return r ? r->source : NULL;
}

char *section_resume(View *v)
{
    SectionRow *r = selected(v->state);
    return r ? g_strdup(r->id) : NULL;
}

void section_close(View *v)
{
    State *s = v->state;
    list_free(s->list);
    g_ptr_array_unref(s->rows);
    g_hash_table_unref(s->marked);
    g_hash_table_unref(s->seen);
    g_free(s->wanted);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/replay.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "support/httpd.h"

#define BASE "/fhir"
enum { LATE_MS = 7000, DRIP_BYTES = 40, DRIP_MS = 200, OVERTAKEN_MS = 3000 };

struct Replay {
    Story *story;
    Httpd *httpd;
    char *base;           /* the address as the answers name it */
    GString *faults, *log;
    guint next_step;
    GHashTable *answered; /* names of rules that have answered */
    GPtrArray *held;      /* Held* */
    GHashTable *kept;     /* "{{name}}" with its quotes -> JSON */
    GArray *answers;      /* ReplayAnswer */
    ReplayFault fault;
    gboolean faulty, struck;
    guint overtaken, timer; /* the number of the request that waits until another is answered */
};

typedef struct {
    guint number;
    char *after;
} Held;

static void held_free(gpointer data)
{
    g_free(((Held *)data)->after);
    g_free(data);
}

/* ---- the question ---- */

static char *decoded(const char *text, gssize n)
{
    g_autofree char *raw = n < 0 ? g_strdup(text) : g_strndup(text, (gsize)n);
    g_strdelimit(raw, "+", ' ');
    char *plain = g_uri_unescape_string(raw, NULL);
    return plain ? plain : g_strdup(raw);
}

static const char *after_base(const char *url)
{
    return g_str_has_prefix(url, BASE) ? url + strlen(BASE) : url;
}

static void take_apart(StoryRequest *q, const char *target, char **ret_path)
{
    const char *mark = strchr(target, '?');
    g_autofree char *whole = mark ? g_strndup(target, (gsize)(mark - target)) : g_strdup(target);
    const char *path = after_base(whole);
    *ret_path = g_strdup(*path == '/' ? path + 1 : path);
    GPtrArray *names = g_ptr_array_new(), *values = g_ptr_array_new();
    g_auto(GStrv) pairs = g_strsplit(mark ? mark + 1 : "", "&", -1);
    for (char **p = pairs; *p; p++) {
        gsize n = strcspn(*p, "=");
        if (!n)
            continue;
        g_ptr_array_add(names, decoded(*p, (gssize)n));
        g_ptr_array_add(values, decoded((*p)[n] ? *p + n + 1 : "", -1));
    }
    g_ptr_array_add(names, NULL);
    g_ptr_array_add(values, NULL);
    q->names = (char **)g_ptr_array_free(names, FALSE);
    q->values = (char **)g_ptr_array_free(values, FALSE);
    q->path = *ret_path;
}

/* ---- the answer ---- */

static GBytes *filled_in(const Replay *r, const char *text, gsize n, const char *url)
{
    GString *s = g_string_new_len(text, (gssize)n);
    g_autofree char *whole = g_strconcat(r->base, after_base(url), NULL);
    g_string_replace(s, "{{base}}", r->base, 0);
    g_string_replace(s, "{{url}}", whole, 0);
    GHashTableIter i;
    gpointer mark, json;
    g_hash_table_iter_init(&i, r->kept);
    while (g_hash_table_iter_next(&i, &mark, &json))
        g_string_replace(s, mark, json, 0);
    return g_string_free_to_bytes(s);
}

static GBytes *body_of(const Replay *r, const StoryAnswer *a, const char *target)
{
    static const char empty[] = "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0,"
                                "\"link\":[{\"relation\":\"self\",\"url\":\"{{url}}\"}]}";
    if (a->empty)
        return filled_in(r, empty, strlen(empty), target);
    if (a->body && a->verbatim)
        return g_bytes_ref(a->body);
    return a->body ? filled_in(r, g_bytes_get_data(a->body, NULL), g_bytes_get_size(a->body), target) : NULL;
}

static GBytes *answer_batch(Replay *r, GBytes *questions, guint number);

static void fill_answer(Replay *r, const StoryAnswer *a, const HttpdRequest *request, HttpdAnswer *out)
{
    gsize n = 0;
    out->status = a->status;
    out->reason = a->reason;
    out->how = a->drop ? HTTPD_DROP : a->hang ? HTTPD_HANG : HTTPD_ANSWER;
    if (a->headers) {
        g_autoptr(GBytes) headers = filled_in(r, a->headers, strlen(a->headers), request->target);
        out->headers = g_strndup(g_bytes_get_data(headers, &n), g_bytes_get_size(headers));
    }
    out->body = a->batch ? answer_batch(r, request->body, request->number) : body_of(r, a, request->target);
    out->cut = (gssize)a->cut;
    out->length = (gssize)a->length;
    out->delay_ms = a->delay_ms;
    out->drip_bytes = a->drip_bytes;
    out->drip_ms = a->drip_ms;
    if (a->after && !g_hash_table_contains(r->answered, a->after)) {
        Held *held = g_new(Held, 1);
        *held = (Held){request->number, g_strdup(a->after)};
        g_ptr_array_add(r->held, held);
        out->how = HTTPD_HOLD;
    }
}

/* ---- what is kept of what was asked ---- */

static json_t *at_path(json_t *v, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path ? path : "", ".", -1);
    for (char **s = steps; *s; s++)
        v = g_ascii_isdigit(**s) ? json_array_get(v, g_ascii_strtoull(*s, NULL, 10)) : json_object_get(v, *s);
    return v;
}

static void keep(Replay *r, const StoryRule *rule, GBytes *body)
{
    gsize n = 0;
    const char *text = body ? g_bytes_get_data(body, &n) : NULL;
    json_t *root = rule->keeps->len && text ? json_loadb(text, n, 0, NULL) : NULL;
    for (guint i = 0; root && i < rule->keeps->len; i++) {
        const StoryKeep *k = rule->keeps->pdata[i];
        json_t *found = at_path(root, k->at), *set = k->set ? json_loads(k->set, 0, NULL) : NULL;
        json_object_update(found, set);
        char *json = found ? json_dumps(found, JSON_PRESERVE_ORDER) : NULL;
        g_hash_table_replace(r->kept, g_strdup_printf("\"{{%s}}\"", k->name), g_strdup(json ? json : "null"));
        free(json);
        json_decref(set);
    }
    json_decref(root);
}

/* ---- which rule ---- */

static gboolean in_force(const Replay *r, const StoryRule *rule)
{
    return (!rule->times || rule->used < rule->times) &&
           (!rule->since || g_hash_table_contains(r->answered, rule->since)) &&
           (!rule->until || !g_hash_table_contains(r->answered, rule->until));
}

static StoryRule *find(Replay *r, const StoryRequest *q, const char *line)
{
    const GPtrArray *steps = r->story->steps;
    if (r->next_step < steps->len && story_rule_fits(steps->pdata[r->next_step], q))
        return steps->pdata[r->next_step++];
    for (guint i = 0; i < r->story->rules->len; i++) {
        StoryRule *rule = r->story->rules->pdata[i];
        if (in_force(r, rule) && story_rule_fits(rule, q))
            return rule;
    }
    for (guint i = r->next_step; i < steps->len; i++)
        if (story_rule_fits(steps->pdata[i], q)) {
            g_string_append_printf(r->faults, "out of order: %s\n", line);
            return NULL;
        }
    g_string_append_printf(r->faults, "unexpected: %s\n", line);
    return NULL;
}

/* One entry: the rule's answer, whatever it was to come late or broken by itself. */
static json_t *answer_question(Replay *r, json_t *entry, guint number)
{
    json_t *request = json_object_get(entry, "request");
    const char *method = json_string_value(json_object_get(request, "method"));
    g_autofree char *target = g_strconcat(BASE "/", json_string_value(json_object_get(request, "url")), NULL);
    g_autofree char *path = NULL, *line = g_strdup_printf("%s %s (batch)", method, target);
    g_autoptr(GHashTable) headers = g_hash_table_new(g_str_hash, g_str_equal);
    StoryRequest q = {.method = method ? method : "", .headers = headers};
    take_apart(&q, target, &path);
    g_string_append_printf(r->log, "%s\n", line);
    StoryRule *rule = find(r, &q, line);
    g_autoptr(GBytes) body = rule ? body_of(r, &rule->answer, target) : NULL;
    ReplayAnswer a = {.rule = rule, .index = G_MAXUINT, .number = number};
    if (rule)
        g_array_append_val(r->answers, a);
    g_autofree char *status = g_strdup_printf("%u", rule ? rule->answer.status : 501);
    json_t *out = json_pack("{s{ss}}", "response", "status", status);
    if (body)
        json_object_set_new(out, "resource", json_loadb(g_bytes_get_data(body, NULL), g_bytes_get_size(body), 0, NULL));
    g_strfreev(q.names);
    g_strfreev(q.values);
    return out;
}

static GBytes *answer_batch(Replay *r, GBytes *questions, guint number)
{
    gsize n;
    const char *text = g_bytes_get_data(questions, &n);
    json_t *root = json_loadb(text, n, 0, NULL), *list = json_array(), *entry;
    size_t i;
    json_array_foreach(json_object_get(root, "entry"), i, entry)
        json_array_append_new(list, answer_question(r, entry, number));
    json_t *bundle = json_pack("{sssssO}", "resourceType", "Bundle", "type", "batch-response", "entry", list);
    char *json = json_dumps(bundle, JSON_PRESERVE_ORDER);
    json_decref(bundle);
    json_decref(list);
    json_decref(root);
    return g_bytes_new_with_free_func(json, strlen(json), free, json);
}

static void release(Replay *r, const char *name)
{
    g_hash_table_add(r->answered, g_strdup(name));
    for (guint i = r->held->len; i-- > 0;) {
        Held *held = r->held->pdata[i];
        if (strcmp(held->after, name) != 0)
            continue;
        guint number = held->number;
        g_ptr_array_remove_index(r->held, i);
        httpd_release(r->httpd, number);
    }
}

/* ---- one answer goes wrong ---- */

static guint index_of(const Replay *r, const StoryRule *rule)
{
    guint at;
    if (g_ptr_array_find(r->story->steps, rule, &at))
        return at;
    return g_ptr_array_find(r->story->rules, rule, &at) ? r->story->steps->len + at : G_MAXUINT;
}

static gboolean on_overtaken(gpointer data)
{
    Replay *r = data;
    guint number = r->overtaken;
    r->overtaken = r->timer = 0;
    httpd_release(r->httpd, number);
    return G_SOURCE_REMOVE;
}

/* The next answer goes first; where nothing more is asked it has only been late. */
static void hold_back(Replay *r, guint number)
{
    r->overtaken = number;
    r->timer = clock_timer_add(OVERTAKEN_MS, on_overtaken, r);
}

static void strike(Replay *r, HttpdAnswer *out, guint number)
{
    const ReplayFault *f = &r->fault;
    gsize len = out->body ? g_bytes_get_size(out->body) : 0;
    r->struck = TRUE;
    switch (f->kind) {
    case REPLAY_CUT:
        out->how = f->at ? out->how : HTTPD_DROP;
        out->cut = (gssize)f->at;
        break;
    case REPLAY_DROP:
        out->how = HTTPD_DROP;
        break;
    case REPLAY_HANG:
        out->how = HTTPD_HANG;
        break;
    case REPLAY_DELAY:
        out->delay_ms = LATE_MS;
        break;
    case REPLAY_DRIP:
        out->drip_bytes = DRIP_BYTES;
        out->drip_ms = DRIP_MS;
        break;
    case REPLAY_LONGER:
        out->length = (gssize)(len + f->at);
        break;
    case REPLAY_SHORTER:
        out->length = len > f->at ? (gssize)(len - f->at) : 0;
        break;
    case REPLAY_OVERTAKEN:
        out->how = HTTPD_HOLD;
        hold_back(r, number);
        break;
    case REPLAY_KINDS:
        break;
    }
}

static void note_answer(Replay *r, StoryRule *rule, HttpdAnswer *out, guint number)
{
    ReplayAnswer a = {.rule = rule, .index = index_of(r, rule), .use = rule->used - 1, .number = number};
    const ReplayFault *f = &r->fault;
    g_array_append_val(r->answers, a);
    if (r->faulty && r->struck && f->gone)
        out->how = HTTPD_DROP;
    else if (r->faulty && !r->struck && f->index == a.index && f->use == a.use)
        strike(r, out, number);
}

static void on_sent(guint number, gsize bytes, gboolean whole, gpointer data)
{
    Replay *r = data;
    for (guint i = r->answers->len; i-- > 0;) {
        ReplayAnswer *a = &g_array_index(r->answers, ReplayAnswer, i);
        if (a->number != number)
            continue;
        a->bytes = a->index == G_MAXUINT ? 0 : bytes;
        a->whole = whole;
    }
    if (r->overtaken && r->overtaken != number) {
        clock_timer_cancel(r->timer);
        on_overtaken(r);
    }
}

static void on_request(const HttpdRequest *request, HttpdAnswer *out, gpointer data)
{
    Replay *r = data;
    g_autofree char *path = NULL, *line = g_strdup_printf("%s %s", request->method, request->target);
    StoryRequest q = {.method = request->method, .headers = request->headers, .body = request->body};
    take_apart(&q, request->target, &path);
    g_string_append_printf(r->log, "%s\n", line);
    StoryRule *rule = find(r, &q, line);
    if (rule) {
        rule->used++;
        keep(r, rule, request->body);
        fill_answer(r, &rule->answer, request, out);
        gboolean waits = out->how == HTTPD_HOLD; /* as the story has it: what was asked is not done before */
        note_answer(r, rule, out, request->number);
        if (rule->name && !waits)
            release(r, rule->name);
    } else {
        httpd_text(out, 501, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"fatal\","
                             "\"code\":\"not-supported\",\"diagnostics\":\"not in the story\"}]}");
    }
    g_strfreev(q.names);
    g_strfreev(q.values);
}

/* ---- */

Replay *replay_new(Story *story, const char *socket)
{
    Replay *r = g_new0(Replay, 1);
    r->story = story;
    r->faults = g_string_new(NULL);
    r->log = g_string_new(NULL);
    r->answered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->held = g_ptr_array_new_with_free_func(held_free);
    r->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    r->answers = g_array_new(FALSE, TRUE, sizeof(ReplayAnswer));
    r->httpd = httpd_new(socket, on_request, r);
    httpd_on_sent(r->httpd, on_sent, r);
    r->base = socket ? g_strdup("http://localhost") : g_strconcat(replay_origin(r), BASE, NULL);
    return r;
}

void replay_free(Replay *r)
{
    if (!r)
        return;
    clock_timer_cancel(r->timer);
    httpd_free(r->httpd);
    g_hash_table_unref(r->answered);
    g_hash_table_unref(r->kept);
    g_array_unref(r->answers);
    g_ptr_array_unref(r->held);
    g_string_free(r->faults, TRUE);
    g_string_free(r->log, TRUE);
    g_free(r->base);
    story_free(r->story);
    g_free(r);
}

const char *replay_origin(const Replay *r)
{
    return httpd_origin(r->httpd);
}

Story *replay_story(Replay *r)
{
    return r->story;
}

const char *replay_faults(const Replay *r)
{
    return r->faults->str;
}

char *replay_verdict(const Replay *r)
{
    GString *out = g_string_new(r->faults->str);
    for (guint i = r->next_step; i < r->story->steps->len; i++) {
        const StoryRule *s = r->story->steps->pdata[i];
        g_string_append_printf(out, "never came: step %u, %s %s\n", i + 1, s->method, s->path_text);
    }
    for (guint i = 0; i < r->story->rules->len; i++) {
        const StoryRule *s = r->story->rules->pdata[i];
        if (s->used < s->times)
            g_string_append_printf(out, "came %u of %u times: %s %s\n", s->used, s->times, s->method, s->path_text);
    }
    return g_string_free(out, FALSE);
}

guint replay_requests(const Replay *r)
{
    return httpd_requests(r->httpd);
}

guint replay_resting(const Replay *r)
{
    return httpd_resting(r->httpd);
}

gsize replay_bytes(const Replay *r)
{
    return httpd_bytes(r->httpd);
}

const char *replay_log(const Replay *r)
{
    return r->log->str;
}

void replay_cut_at(Replay *r, gsize bytes)
{
    httpd_cut_at(r->httpd, bytes);
}

const ReplayAnswer *replay_answers(const Replay *r, guint *ret_n)
{
    *ret_n = r->answers->len;
    return (const ReplayAnswer *)(gpointer)r->answers->data;
}

static guint named(const Replay *r, const char *name, gboolean whole)
{
    guint n = 0;
    for (guint i = 0; i < r->answers->len; i++) {
        const ReplayAnswer *a = &g_array_index(r->answers, ReplayAnswer, i);
        n += g_strcmp0(a->rule->name, name) == 0 && (a->whole || !whole);
    }
    return n;
}

guint replay_whole(const Replay *r, const char *name)
{
    return named(r, name, TRUE);
}

guint replay_asked(const Replay *r, const char *name)
{
    return named(r, name, FALSE);
}

void replay_fault(Replay *r, const ReplayFault *fault)
{
    r->fault = *fault;
    r->faulty = TRUE;
    r->struck = FALSE;
}

gboolean replay_struck(const Replay *r)
{
    return r->struck;
}

void replay_mend(Replay *r)
{
    r->faulty = FALSE;
}

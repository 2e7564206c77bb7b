/* SPDX-License-Identifier: GPL-3.0-or-later
 * Long lists: only a part is held, whichever way one goes through it nothing is missed or stands twice, and how many
 * there are is said; a core that answers with everything at once is read in parts all the same. */
#include "base/limits.h"
#include "client/fixture.h"

enum { HOLD = 50 };

/* A core with @all observations, @per of them on a page; it tells no total. */
typedef struct {
    guint all, per, asked;
    char *origin;
} Long;

static void on_ask(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Long *l = data;
    if (!strstr(q->target, "Observation"))
        return;
    const char *mark = strstr(q->target, "from=");
    guint from = mark ? (guint)g_ascii_strtoull(mark + 5, NULL, 10) : 0;
    g_autoptr(GString) text = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[");
    l->asked++;
    if (from + l->per < l->all)
        g_string_append_printf(text, "{\"relation\":\"next\",\"url\":\"%s/Observation?from=%u\"}", l->origin, from + l->per);
    g_string_append(text, "],\"entry\":[");
    for (guint i = from; i < MIN(from + l->per, l->all); i++)
        g_string_append_printf(text,
                               "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"subject\":{\"reference\":"
                               "\"Patient/p1\"},\"note\":[{\"text\":\"ett längre värde som tar plats å ä ö, ett längre värde "
                               "som tar plats, ett längre värde som tar plats, ett längre värde som tar plats\"}]}}",
                               i > from ? "," : "", i);
    g_string_append(text, "]}");
    httpd_text(a, 200, text->str);
}

/* What is shown: observations @first … @first + @n - 1, each once and in order. */
typedef struct {
    guint first, n, let_go, told;
    gint64 total;
    gboolean more, before, complete, done;
    Known known;
} Shown;

static void on_result(const ClientResult *r, const GError *error, gboolean done, gpointer data)
{
    Shown *s = data;
    cr_assert(r && !error);
    *s = (Shown){.n = r->items->len, .let_go = r->let_go, .total = r->total, .more = r->more, .before = r->before,
                 .complete = r->complete, .done = done, .known = r->known, .told = s->told + 1};
    for (guint i = 0; i < r->items->len; i++) {
        guint id = (guint)g_ascii_strtoull(fhir_id(r->items->pdata[i]) + 1, NULL, 10);
        s->first = i ? s->first : id;
        cr_assert_eq(id, s->first + i, "o%u stands in place %u after o%u", id, i, s->first);
    }
}

static ClientSearch *begin(Fx *f, Long *l, ClientFlags flags, Shown *shown)
{
    fx_begin(f);
    l->origin = g_strconcat(httpd_origin(f->core->httpd), "/fhir", NULL);
    f->core->hook = on_ask;
    f->core->hook_data = l;
    g_autoptr(FhirQuery) query = client_patient_query(f->ctx, "Observation");
    ClientSearch *s = client_search(f->client, f->scope, f->ctx, query, flags, on_result, shown);
    cr_assert(loop_until(&shown->done));
    return s;
}

static void end(Fx *f, Long *l)
{
    fx_end(f);
    g_free(l->origin);
}

static void turn(ClientSearch *s, gboolean back, Shown *shown)
{
    shown->done = FALSE;
    (back ? client_back : client_more)(s);
    cr_assert(loop_until(&shown->done));
}

/* To the end, back to the beginning and to the end again, and by chance in between. */
static void walk(ClientSearch *s, const Long *l, Shown *shown, guint most)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    const gboolean ways[] = {FALSE, TRUE, FALSE};
    for (gsize w = 0; w < G_N_ELEMENTS(ways); w++)
        while (ways[w] ? shown->before : shown->more) {
            gboolean back = g_rand_int_range(dice, 0, 4) ? ways[w] : !ways[w];
            if (back ? !shown->before : !shown->more)
                continue;
            guint first = shown->first, n = shown->n;
            turn(s, back, shown);
            cr_assert(back ? shown->first < first : shown->first + shown->n > first + n, "seed %u", seed);
            cr_assert_leq(shown->n, most, "seed %u: %u are held", seed, shown->n);
            cr_assert_eq(shown->let_go, shown->first, "seed %u", seed);
            cr_assert_eq(shown->before, shown->first > 0);
            cr_assert_eq(shown->more, shown->first + shown->n < l->all);
            cr_assert_eq(shown->known, KNOWN_MORE, "a part is not the whole");
        }
    cr_assert_eq(shown->first + shown->n, l->all);
    cr_assert(!shown->complete);
}

Test(client_long, pages_are_let_go_and_come_again)
{
    Fx f;
    Long l = {.all = 203, .per = 20};
    Shown shown = {0};
    ClientSearch *s = begin(&f, &l, CLIENT_ONE_PAGE, &shown);
    client_hold(s, HOLD);
    cr_assert_eq(shown.n, 20);
    walk(s, &l, &shown, HOLD);
    shown.done = FALSE; /* asked anew the newest is shown */
    client_refresh(s);
    cr_assert(loop_until(&shown.done));
    cr_assert_eq(shown.first, 0);
    cr_assert(!shown.before && shown.more);
    end(&f, &l);
}

Test(client_long, a_list_that_is_held_whole_is_whole)
{
    Fx f;
    Long l = {.all = 45, .per = 20};
    Shown shown = {0};
    ClientSearch *s = begin(&f, &l, CLIENT_ONE_PAGE, &shown);
    client_hold(s, HOLD);
    turn(s, FALSE, &shown);
    cr_assert_eq(shown.known, KNOWN_MORE);
    turn(s, FALSE, &shown);
    cr_assert_eq(shown.known, KNOWN_WHOLE);
    cr_assert(shown.complete && shown.n == 45);
    end(&f, &l);
}

Test(client_long, everything_at_once_is_read_in_parts)
{
    Fx f;
    Long l = {.all = 3001, .per = 5000};
    Shown shown = {0};
    ClientSearch *s = begin(&f, &l, CLIENT_ONE_PAGE, &shown);
    cr_assert_eq(shown.n, LIMIT_PAGE_ENTRIES);
    cr_assert_eq(shown.total, l.all, "the core gave all, so it is known how many there are");
    cr_assert(shown.more && !shown.complete);
    client_hold(s, 3 * LIMIT_PAGE_ENTRIES);
    walk(s, &l, &shown, 3 * LIMIT_PAGE_ENTRIES);
    cr_assert_eq(l.asked, 1, "the core was asked %u times", l.asked);
    end(&f, &l);
}

Test(client_long, and_a_list_that_is_wanted_whole_is_whole)
{
    Fx f;
    Long l = {.all = 2999, .per = 5000};
    Shown shown = {0};
    begin(&f, &l, CLIENT_NO_STORE, &shown);
    cr_assert_eq(shown.n, l.all);
    cr_assert_eq(shown.known, KNOWN_WHOLE);
    cr_assert_leq(shown.told, 2);
    end(&f, &l);
}

Test(client_long, of_a_large_answer_the_cache_has_the_beginning_and_says_so)
{
    Fx f;
    Long l = {.all = 3001, .per = 5000};
    Shown shown = {0}, cached = {0};
    begin(&f, &l, CLIENT_ONE_PAGE, &shown);
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    client_search(f.client, f.scope, f.ctx, query, CLIENT_ONE_PAGE | CLIENT_CACHED, on_result, &cached);
    cr_assert(loop_until(&cached.done));
    cr_assert_eq(cached.n, LIMIT_PAGE_ENTRIES);
    cr_assert_eq(cached.known, KNOWN_PARTLY);
    end(&f, &l);
}

typedef struct {
    Shown first, now;
} Parts;

static void on_part(const ClientResult *r, const GError *error, gboolean done, gpointer data)
{
    Parts *p = data;
    on_result(r, error, done, &p->now);
    if (p->now.told == 1)
        p->first = p->now;
}

/* The first part says that it is not all, the last that it is; what is closed in between is silent. */
Test(client_long, a_long_list_that_is_kept_comes_in_parts)
{
    Fx f;
    Long l = {.all = 4000, .per = 100};
    Shown shown = {0};
    Parts parts = {0}, closed = {0};
    begin(&f, &l, CLIENT_ALL, &shown);
    guint asked = l.asked;
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    client_search(f.client, f.scope, f.ctx, query, CLIENT_ALL | CLIENT_CACHED, on_part, &parts);
    cr_assert(loop_until(&parts.now.done));
    cr_assert_eq(parts.now.told, 2);
    cr_assert(parts.first.n && parts.first.n < l.all && parts.first.more && !parts.first.done);
    cr_assert_eq(parts.first.known, KNOWN_MORE);
    cr_assert_eq(parts.now.n, l.all);
    cr_assert_eq(parts.now.known, KNOWN_WHOLE);
    cr_assert_eq(l.asked, asked, "the core was not asked");

    Scope *scope = scope_new();
    client_search(f.client, scope, f.ctx, query, CLIENT_ALL | CLIENT_CACHED, on_part, &closed);
    while (!closed.now.told)
        g_main_context_iteration(NULL, TRUE);
    scope_close(scope);
    loop_settle();
    cr_assert_eq(closed.now.told, 1);
    end(&f, &l);
}

/* The core is asked once the list has been shown whole, and what has gone meanwhile is told with its error. */
Test(client_long, a_long_list_that_is_kept_is_whole_when_the_core_has_gone)
{
    Fx f;
    Long l = {.all = 4000, .per = 100};
    Shown shown = {0};
    Got got = {0};
    begin(&f, &l, CLIENT_ALL, &shown);
    f.core->hook = NULL;
    f.core->search_down = TRUE;
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    client_search(f.client, f.scope, f.ctx, query, CLIENT_ALL, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(got.cached && got.items == l.all && got.code >= 0);
    got_clear(&got);
    end(&f, &l);
}

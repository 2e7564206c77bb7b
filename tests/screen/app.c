/* SPDX-License-Identifier: GPL-3.0-or-later
 * The program that screen tests drive: the real shell, views, commands and keys over services that
 * answer from this file, without a core, or with "set commission HSA-ID" over a real one. Settings:
 * view (the first), cards (how many), training, spelling, commission, visited, damaged (what is opened of a draft is not its end),
 * replay (a story of ROND_REPLAY instead of the core). */
#include "tests/screen/runner.h"

#include "app/app.h"
#include "tests/screen/drafts.h"
#include "tests/screen/hospital.h"
#include "tests/screen/prints.h"
#include "tests/screen/speller.h"
#include "ui/shell.h"

#include <glib/gi18n.h>
#include <string.h>

#define ANSWER_S 20

extern GResource *rond_keymaps_get_resource(void);

struct ScreenApp {
    App app;
    Shell *shell;
    Drafts *drafts;
    GHashTable *seen;      /* patient → GBytes */
    const char *visited;   /* of the settings: when every patient's notes were last looked at, in µs; NULL: never */
    Hospital *hospital;    /* NULL: no core */
    FakeSpeller *speller;  /* NULL: spelling is not checked */
    ScreenServices own;    /* .begin NULL: none */
    const char *commission; /* of the settings: logged in with it */
    gboolean damaged;
    int n_cards;
    int chosen;
    int tries;
    gboolean pulled_at_login;
};

static ScreenServices next_services;

void screen_app_services(const ScreenServices *services)
{
    next_services = *services;
}

static GPtrArray *cards(gpointer self)
{
    static const char *const names[] = {"Eva Lind, läkare", "Sara Nyman, sjuksköterska", "Annika Blom, utbildare"};
    const ScreenApp *a = self;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)card_choice_free);
    gboolean none = !a->app.training && a->chosen < 0; /* a real reader knows of no others */
    for (int i = 0; !none && i < a->n_cards && i < (int)G_N_ELEMENTS(names); i++) {
        CardChoice *c = g_new0(CardChoice, 1);
        *c = (CardChoice){g_strdup_printf("kort-%d", i), g_strdup(names[i]), i == a->chosen};
        g_ptr_array_add(all, c);
    }
    return all;
}

static void insert(gpointer self, const char *label)
{
    ((ScreenApp *)self)->chosen = label[strlen(label) - 1] - '0';
    event_emit(&(Event){.kind = EVENT_CARD, .text = "present"});
}

void screen_app_card(ScreenApp *a, const char *what)
{
    a->pulled_at_login = strcmp(what, "gone-at-login") == 0;
    if (a->pulled_at_login)
        return;
    a->chosen = strcmp(what, "gone") == 0 ? -1 : 0;
    event_emit(&(Event){.kind = EVENT_CARD, .text = what});
}

static gboolean card_present(gpointer self)
{
    return ((ScreenApp *)self)->chosen >= 0;
}

typedef struct {
    SigninFn fn;
    gpointer data;
    ScreenApp *app;
    gboolean right, chosen;
} Pending;

static void answer_choices(const Pending *p)
{
    static CommissionChoice choices[] = {
        {"SE2329999993-U5001", "VoB Medicin avd 3", "Medicin avd 3", "Vård och behandling"},
        {"SE2329999993-U5002", "VoB Medicinmottagningen", "Medicinmottagningen", "Vård och behandling"}};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++)
        g_ptr_array_add(list, &choices[i]);
    p->fn(&(SigninAnswer){SIGNIN_CHOOSE, "", list}, p->data);
}

static gboolean on_login(gpointer data)
{
    g_autofree Pending *p = data;
    if (p->app->pulled_at_login)
        screen_app_card(p->app, "gone");
    if (p->chosen) {
        p->fn(&(SigninAnswer){SIGNIN_OK, "", NULL}, p->data);
    } else if (p->right) {
        answer_choices(p);
    } else {
        gboolean locked = --p->app->tries <= 0;
        SigninAnswer answer = {locked ? SIGNIN_PIN_LOCKED : SIGNIN_PIN_WRONG,
                               locked ? "Kortet är spärrat" : "Fel PIN: några försök kvar", NULL};
        p->fn(&answer, p->data);
    }
    return G_SOURCE_REMOVE;
}

static void login(gpointer self, SecretBuf *pin, const char *commission, SigninFn fn, gpointer data)
{
    Pending *p = g_new(Pending, 1);
    *p = (Pending){fn, data, self, pin && pin->len == 6, commission != NULL};
    secret_free(pin);
    g_idle_add(on_login, p);
}

/* ---- drafts and place ---- */

static gboolean draft_put(gpointer self, const Draft *d, GError **error)
{
    return drafts_put(((ScreenApp *)self)->drafts, d);
}

static gboolean draft_edit(gpointer self, const char *id, gsize at, gsize removed, const char *text, gsize len,
                           GBytes *meta, GError **error)
{
    return drafts_edit(((ScreenApp *)self)->drafts, id, at, removed, text, len, meta);
}

static GPtrArray *draft_list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    *ret_unreadable = 0;
    return drafts_list(((ScreenApp *)self)->drafts, patient);
}

static Draft *draft_get(gpointer self, const char *id, GError **error)
{
    const ScreenApp *a = self;
    Draft *d = drafts_get(a->drafts, id);
    if (d)
        d->damaged = a->damaged;
    return d;
}

static gboolean draft_remove(gpointer self, const char *id, GError **error)
{
    return drafts_remove(((ScreenApp *)self)->drafts, id);
}

static void resume_put(gpointer self, const char *view, const char *patient, const char *arg)
{
}

static gboolean resume_get(gpointer self, char **ret_view, char **ret_patient, char **ret_arg)
{
    return FALSE;
}

static GBytes *seen_get(gpointer self, const char *patient)
{
    const ScreenApp *a = self;
    GBytes *kept = g_hash_table_lookup(a->seen, patient);
    g_autofree char *before = a->visited ? g_strdup_printf("rond-seen 1\n%s\n", a->visited) : NULL;
    return kept ? g_bytes_ref(kept) : before ? g_bytes_new(before, strlen(before)) : NULL;
}

static void seen_put(gpointer self, const char *patient, GBytes *seen)
{
    g_hash_table_replace(((ScreenApp *)self)->seen, g_strdup(patient), g_bytes_ref(seen));
}

static void load_keys(Keymap *m, const char *name)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_strdup_printf("/rond/keymaps/%s.keys", name);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(rond_keymaps_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    keymap_load(m, name, text, NULL, NULL, problems);
    g_assert_cmpuint(problems->len, ==, 0);
}

static Keymap *keymap(const char *over)
{
    Keymap *m = keymap_new();
    load_keys(m, "default");
    if (over)
        load_keys(m, over);
    return m;
}

static int setting(GHashTable *settings, const char *name, int otherwise)
{
    const char *value = g_hash_table_lookup(settings, name);
    return value ? (int)g_ascii_strtoll(value, NULL, 10) : otherwise;
}

static gboolean open_first(ScreenApp *a, const char *view, GError **error)
{
    if (a->commission && !(a->hospital = hospital_new(&a->app, a->commission, error)))
        return FALSE;
    if (!a->hospital || view)
        return a->app.frontend->open_view(&a->app, view ? view : "login", NULL, NULL, error) != NULL;
    shell_logged_in(&a->app);
    return TRUE;
}

static gboolean read_story(GHashTable *settings, GError **error)
{
    const char *name = g_hash_table_lookup(settings, "replay"), *dir = g_getenv("ROND_REPLAY");
    g_autofree char *path = name ? g_build_filename(dir ? dir : ".", name, NULL) : NULL;
    Story *story = path ? story_read(path, error) : NULL;
    if (story)
        hospital_play(story);
    return !path || story;
}

ScreenApp *screen_app_new(Term *term, GHashTable *settings, GError **error)
{
    ScreenApp *a = g_new0(ScreenApp, 1);
    a->damaged = setting(settings, "damaged", 0);
    a->n_cards = setting(settings, "cards", 3);
    a->commission = g_hash_table_lookup(settings, "commission");
    a->visited = g_hash_table_lookup(settings, "visited");
    a->chosen = -1;
    a->tries = 3;
    a->drafts = drafts_new();
    a->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    a->app.training = setting(settings, "training", 1);
    a->app.options = options_new();
    a->app.keymap = keymap(g_hash_table_lookup(settings, "keys"));
    a->app.services = (Services){.cards = cards, .insert = insert, .card_present = card_present, .login = login,
                                 .draft_put = draft_put, .draft_edit = draft_edit, .draft_list = draft_list,
                                 .draft_get = draft_get, .draft_remove = draft_remove, .resume_put = resume_put,
                                 .resume_get = resume_get, .seen_get = seen_get, .seen_put = seen_put, .self = a};
    screen_prints(&a->app.services);
    a->own = next_services;
    next_services = (ScreenServices){0};
    if (a->own.begin)
        a->own.begin(&a->app, a->own.data);
    int spelling = setting(settings, "spelling", -1); /* the helper's delay in ms */
    a->speller = spelling >= 0 ? fake_speller_new(&a->app, (guint)spelling) : NULL;
    a->shell = shell_new(&a->app, term, NULL);
    if (read_story(settings, error) && open_first(a, g_hash_table_lookup(settings, "view"), error))
        return a;
    screen_app_free(a);
    return NULL;
}

static gboolean on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

static gboolean busy(const ScreenApp *a)
{
    return (a->hospital && hospital_busy(a->hospital)) || (a->own.busy && a->own.busy(a->own.data));
}

void screen_app_settle(ScreenApp *a)
{
    gint64 until = g_get_monotonic_time() + ANSWER_S * G_TIME_SPAN_SECOND;
    guint tick = 0;
    for (;;) {
        while (g_main_context_iteration(NULL, FALSE))
            ;
        if (!busy(a) || g_get_monotonic_time() > until)
            break;
        if (!tick)
            tick = g_timeout_add(50, on_tick, NULL);
        g_main_context_iteration(NULL, TRUE);
    }
    if (tick)
        g_source_remove(tick);
}

Hospital *screen_app_hospital(ScreenApp *a)
{
    return a->hospital;
}

void screen_app_feed(ScreenApp *a, const char *bytes, gsize n)
{
    shell_feed(a->shell, bytes, n);
}

void screen_app_stop_core(ScreenApp *a)
{
    if (a->hospital)
        hospital_stop(a->hospital);
}

void screen_app_resized(ScreenApp *a)
{
    shell_resized(a->shell);
}

Shell *screen_app_shell(ScreenApp *a)
{
    return a->shell;
}

char *screen_app_drafts(ScreenApp *a)
{
    g_autoptr(GPtrArray) all = drafts_list(a->drafts, NULL);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++) {
        const Draft *d = all->pdata[i];
        gsize n = 0;
        const char *text = g_bytes_get_data(d->text, &n);
        g_string_append_printf(out, "%s %s ", d->kind, d->patient);
        g_string_append_len(out, text ? text : "", (gssize)n);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

guint screen_app_changed(ScreenApp *a)
{
    return a->hospital ? hospital_changed(a->hospital) : 0;
}

void screen_app_free(ScreenApp *a)
{
    shell_free(a->shell);
    fake_speller_free(a->speller);
    if (a->own.end)
        a->own.end(a->own.data);
    hospital_free(a->hospital);
    drafts_free(a->drafts);
    g_hash_table_unref(a->seen);
    options_free(a->app.options);
    keymap_free(a->app.keymap);
    g_free(a);
}

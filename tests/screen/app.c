/* SPDX-License-Identifier: GPL-3.0-or-later
 * The program that screen tests drive: the real shell, views, commands and keys over services that
 * answer from this file, without a core. Settings: view (the first), cards (how many), training. */
#include "tests/screen/runner.h"

#include "app/app.h"
#include "ui/shell.h"

#include <locale.h>
#include <string.h>

extern GResource *rond_keymaps_get_resource(void);

struct ScreenApp {
    App app;
    Shell *shell;
    int n_cards;
    int chosen;
    int tries;
};

static void card_free(gpointer p)
{
    CardChoice *c = p;
    g_free(c->label);
    g_free(c->name);
    g_free(c);
}

static GPtrArray *cards(gpointer self)
{
    static const char *const names[] = {"Lind Eva, läkare", "Sand Åsa, sjuksköterska", "Berg Ola, utbildare"};
    const ScreenApp *a = self;
    GPtrArray *all = g_ptr_array_new_with_free_func(card_free);
    for (int i = 0; i < a->n_cards && i < (int)G_N_ELEMENTS(names); i++) {
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

static gboolean card_present(gpointer self)
{
    return ((ScreenApp *)self)->chosen >= 0;
}

typedef struct {
    SigninFn fn;
    gpointer data;
    ScreenApp *app;
} Pending;

static gboolean on_login(gpointer data)
{
    g_autofree Pending *p = data;
    gboolean locked = --p->app->tries <= 0;
    SigninAnswer answer = {locked ? SIGNIN_PIN_LOCKED : SIGNIN_PIN_WRONG,
                          locked ? "Kortet är spärrat" : "Fel PIN: några försök kvar", NULL};
    p->fn(&answer, p->data);
    return G_SOURCE_REMOVE;
}

static void login(gpointer self, SecretBuf *pin, const char *commission, SigninFn fn, gpointer data)
{
    Pending *p = g_new(Pending, 1);
    *p = (Pending){fn, data, self};
    secret_free(pin);
    g_idle_add(on_login, p);
}

static Keymap *keymap(void)
{
    Keymap *m = keymap_new();
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(
        rond_keymaps_get_resource(), "/rond/keymaps/default.keys", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    keymap_load(m, "default.keys", text, NULL, NULL, problems);
    g_assert_cmpuint(problems->len, ==, 0);
    return m;
}

static int setting(GHashTable *settings, const char *name, int otherwise)
{
    const char *value = g_hash_table_lookup(settings, name);
    return value ? (int)g_ascii_strtoll(value, NULL, 10) : otherwise;
}

ScreenApp *screen_app_new(Term *term, GHashTable *settings, GError **error)
{
    const char *view = g_hash_table_lookup(settings, "view");
    ScreenApp *a = g_new0(ScreenApp, 1);
    a->n_cards = setting(settings, "cards", 3);
    a->chosen = -1;
    a->tries = 3;
    a->app.training = setting(settings, "training", 1);
    a->app.record_lang = "sv";
    a->app.options = options_new();
    a->app.keymap = keymap();
    a->app.services = (Services){.cards = cards, .insert = insert, .card_present = card_present,
                                 .login = login, .self = a};
    a->shell = shell_new(&a->app, term, NULL);
    if (a->app.frontend->open_view(&a->app, view ? view : "login", NULL, NULL, error))
        return a;
    screen_app_free(a);
    return NULL;
}

void screen_app_feed(ScreenApp *a, const char *bytes, gsize n)
{
    shell_feed(a->shell, bytes, n);
}

void screen_app_resized(ScreenApp *a)
{
    shell_resized(a->shell);
}

void screen_app_free(ScreenApp *a)
{
    shell_free(a->shell);
    options_free(a->app.options);
    keymap_free(a->app.keymap);
    g_free(a);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/login-pin.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/shell.h"
#include "ui/widgets/field.h"

#define LONGEST 64
#define REST_MS 800 /* longer than between two keys, also of one who searches for them */

struct LoginPin {
    View *view;
    Field *field;
    SecretBuf *first; /* was not only digits, and is to be typed once more; NULL */
    guint timer;
    gint64 since;     /* monotonic: it was asked for, or the last key was dropped */
    gint64 open_at;   /* the keys have rested; 0: not yet */
    gboolean dropped; /* something was typed too early */
};

LoginPin *login_pin_new(View *v)
{
    LoginPin *p = g_new0(LoginPin, 1);
    p->view = v;
    p->field = field_new_secret(LONGEST);
    return p;
}

static void forget(LoginPin *p)
{
    g_clear_pointer(&p->first, secret_free);
    secret_free(field_take_secret(p->field));
}

void login_pin_free(LoginPin *p)
{
    if (!p)
        return;
    clock_timer_cancel(p->timer);
    g_clear_pointer(&p->first, secret_free);
    field_free(p->field);
    g_free(p);
}

static void rest(LoginPin *p);

static gboolean on_rested(gpointer data)
{
    LoginPin *p = data;
    p->timer = 0;
    if (shell_is_quiet(p->view->app, p->since))
        p->open_at = clock_monotonic_us();
    else
        rest(p);
    view_dirty(p->view);
    return G_SOURCE_REMOVE;
}

static void rest(LoginPin *p)
{
    clock_timer_cancel(p->timer);
    p->open_at = 0;
    p->since = clock_monotonic_us();
    p->timer = clock_timer_add(REST_MS, on_rested, p);
    view_dirty(p->view);
}

void login_pin_ask(LoginPin *p)
{
    forget(p);
    p->dropped = FALSE;
    rest(p);
}

gboolean login_pin_takes(LoginPin *p)
{
    if (p->open_at && shell_has_painted(p->view->app, p->open_at))
        return TRUE;
    p->dropped = TRUE;
    rest(p);
    return FALSE;
}

void login_pin_input(LoginPin *p, const char *utf8, gboolean paste)
{
    field_input(p->field, utf8, paste);
}

static gboolean only_digits(const SecretBuf *s)
{
    for (gsize i = 0; i < s->len; i++)
        if (!g_ascii_isdigit(s->data[i]))
            return FALSE;
    return TRUE;
}

static gboolean same(const SecretBuf *a, const SecretBuf *b)
{
    return a && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Nearly all cards have digits, and nearly nothing that is written has only them. */
SecretBuf *login_pin_take(LoginPin *p, const char **ret_why)
{
    g_autoptr(SecretBuf) typed = field_take_secret(p->field);
    gboolean again = same(p->first, typed);
    *ret_why = NULL;
    g_clear_pointer(&p->first, secret_free);
    if (!typed->len)
        return NULL;
    if (only_digits(typed) || again)
        return g_steal_pointer(&typed);
    *ret_why = _("Not tried: it is not only digits. If there are letters in the card's code, type it once more");
    p->first = g_steal_pointer(&typed);
    p->dropped = FALSE;
    rest(p);
    return NULL;
}

void login_pin_paint(const LoginPin *p, Canvas *c, int row, const char *help)
{
    if (!p->open_at) {
        canvas_wrap(c, row, 2, canvas_cols(c) - 4, 2, p->dropped ? STYLE_WARNING : STYLE_DIM,
                    p->dropped ? _("What you typed was not taken. The field opens when the keys have rested")
                               : _("One moment …"));
        return;
    }
    int n = canvas_text(c, row, 2, STYLE_NORMAL, _("PIN: "));
    if (help)
        canvas_text(c, row + 2, 2, STYLE_DIM, help);
    field_paint(p->field, c, row, 2 + n, 20, TRUE);
}

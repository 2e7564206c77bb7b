/* SPDX-License-Identifier: GPL-3.0-or-later
 * Login and lock: card, PIN, assignment. The same view for both: coming back after a lock is logging
 * in again. Nothing of anybody's record is on this screen. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/login-pin.h"
#include "ui/views/views.h"

typedef enum { STEP_CARD, STEP_PIN, STEP_WORKING, STEP_ASSIGNMENT, STEP_KEY } Step;

typedef struct {
    Step step;
    GPtrArray *cards;       /* CardChoice* */
    GPtrArray *assignments; /* char* HSA-ids, same order as their lines */
    GPtrArray *lines;       /* char*: what is chosen among, with STEP_ASSIGNMENT */
    int chosen;
    LoginPin *pin;
    char *message;
    gboolean failed;        /* the message is an error */
} Login;

static int inserted(const Login *l)
{
    for (guint i = 0; l->cards && i < l->cards->len; i++)
        if (((CardChoice *)l->cards->pdata[i])->inserted)
            return (int)i;
    return -1;
}

/* Each time it is asked what a key too much would answer, the keys must have rested first. */
static void ask(Login *l, Step step)
{
    l->step = step;
    login_pin_ask(l->pin);
}

static void cards_read(View *v)
{
    Login *l = v->state;
    g_clear_pointer(&l->cards, g_ptr_array_unref);
    l->cards = v->app->services.cards(v->app->services.self);
    if (l->step == STEP_CARD || l->step == STEP_PIN) {
        int in = inserted(l);
        if (in < 0)
            l->step = STEP_CARD;
        else if (l->step != STEP_PIN || in != l->chosen)
            ask(l, STEP_PIN);
        if (in >= 0)
            l->chosen = in;
    }
    view_dirty(v);
}

/* From the beginning: whose card it is, if any is in, is asked for its PIN. */
static void from_card(View *v)
{
    Login *l = v->state;
    l->step = STEP_CARD;
    l->chosen = 0;
    cards_read(v);
}

static void say(Login *l, gboolean failed, const char *text)
{
    g_free(l->message);
    l->message = g_strdup(text);
    l->failed = failed;
}

static gboolean login_open(View *v, const char *arg, GError **error)
{
    Login *l = v->state;
    (void)error;
    if (arg)
        say(l, TRUE, arg);
    l->pin = login_pin_new(v);
    l->assignments = g_ptr_array_new_with_free_func(g_free);
    l->lines = g_ptr_array_new_with_free_func(g_free);
    return TRUE;
}

static void login_load(View *v, LoadWhy why)
{
    (void)why;
    cards_read(v);
}

static void choose_assignment(Login *l, const GPtrArray *list)
{
    l->step = STEP_ASSIGNMENT;
    l->chosen = 0;
    g_ptr_array_set_size(l->assignments, 0);
    g_ptr_array_set_size(l->lines, 0);
    for (guint i = 0; i < list->len; i++) {
        const CommissionChoice *c = list->pdata[i];
        g_ptr_array_add(l->assignments, g_strdup(c->hsa_id));
        g_ptr_array_add(l->lines, g_strdup_printf("%s · %s", c->name ? c->name : c->hsa_id, c->purpose ? c->purpose : ""));
    }
    say(l, FALSE, _("Choose the assignment"));
}

static void on_login(const SigninAnswer *a, gpointer data)
{
    View *v = data;
    Login *l = v->state;
    switch (a->state) {
    case SIGNIN_OK:
        shell_logged_in(v->app); /* closes this view */
        return;
    case SIGNIN_CHOOSE:
        choose_assignment(l, a->commissions);
        break;
    case SIGNIN_KEY:
        ask(l, STEP_KEY);
        say(l, TRUE, a->text);
        break;
    default:
        from_card(v); /* it may have been taken out meanwhile */
        say(l, TRUE, a->text);
        break;
    }
    view_dirty(v);
}

static void submit_pin(View *v)
{
    Login *l = v->state;
    const char *why = NULL;
    SecretBuf *pin = login_pin_take(l->pin, &why);
    if (why)
        say(l, TRUE, why);
    if (!pin)
        return;
    l->step = STEP_WORKING;
    say(l, FALSE, _("Logging in …"));
    v->app->services.login(v->app->services.self, pin, NULL, on_login, v);
}

static void accept(View *v)
{
    Login *l = v->state;
    switch (l->step) {
    case STEP_CARD:
        if (v->app->training && l->cards->len)
            v->app->services.insert(v->app->services.self, ((CardChoice *)l->cards->pdata[l->chosen])->label);
        break; /* the reader tells, and the step changes then */
    case STEP_PIN:
        submit_pin(v);
        break;
    case STEP_ASSIGNMENT:
        l->step = STEP_WORKING;
        say(l, FALSE, _("Logging in …"));
        v->app->services.login(v->app->services.self, NULL, l->assignments->pdata[l->chosen], on_login, v);
        break;
    case STEP_KEY:
        l->step = STEP_WORKING;
        say(l, FALSE, _("Logging in …"));
        v->app->services.start_over(v->app->services.self);
        break;
    case STEP_WORKING:
        break;
    }
}

static gboolean has_card(const Login *l)
{
    return l->step == STEP_PIN || l->step == STEP_ASSIGNMENT || l->step == STEP_KEY;
}

static const char *login_context(View *v)
{
    return has_card(v->state) ? "login-card" : "login";
}

/* Another card than this one: in training it is taken out here, a real one by hand. */
static gboolean other_card(View *v)
{
    Login *l = v->state;
    if (!has_card(l))
        return FALSE;
    if (v->app->training) {
        l->step = STEP_CARD;
        l->chosen = 0;
        say(l, FALSE, NULL);
        v->app->services.insert(v->app->services.self, NULL);
    } else {
        say(l, FALSE, _("Take out the card to log in with another one"));
    }
    return TRUE;
}

static guint choices(const Login *l)
{
    return l->step == STEP_CARD ? l->cards->len : l->step == STEP_ASSIGNMENT ? l->lines->len : 0;
}

static void move(Login *l, int by)
{
    int n = (int)choices(l);
    if (n)
        l->chosen = CLAMP(l->chosen + by, 0, n - 1);
}

static gboolean login_text(View *v, const char *utf8, gboolean paste)
{
    Login *l = v->state;
    guint n = choices(l);
    if ((l->step == STEP_PIN || l->step == STEP_KEY) && !login_pin_takes(l->pin)) {
        return TRUE;
    } else if (!paste && strcmp(utf8, "<Enter>") == 0) {
        accept(v);
    } else if (!paste && strcmp(utf8, "<Esc>") == 0) {
        if (!other_card(v))
            return FALSE;
    } else if (l->step == STEP_PIN) {
        login_pin_input(l->pin, utf8, paste);
    } else if (!paste && strcmp(utf8, "<Up>") == 0) {
        move(l, -1);
    } else if (!paste && strcmp(utf8, "<Down>") == 0) {
        move(l, 1);
    } else if (!paste && utf8[0] >= '1' && utf8[0] <= '9' && !utf8[1] && (guint)(utf8[0] - '1') < n) {
        l->chosen = utf8[0] - '1';
        accept(v);
    } else {
        return FALSE;
    }
    view_dirty(v);
    return TRUE;
}

/* Cards and assignments are lists: a scanner's first digit must not choose there. */
static gboolean login_typing(View *v)
{
    return ((Login *)v->state)->step == STEP_PIN;
}

static void login_changed(View *v, const Event *ev)
{
    Login *l = v->state;
    if (ev->kind != EVENT_CARD)
        return;
    /* Another card, as it may look: nothing that was typed or offered for the one before is for this one. */
    if (has_card(l) && g_strcmp0(ev->text, "present") != 0) {
        if (!l->failed)
            say(l, FALSE, NULL);
        from_card(v);
    } else {
        cards_read(v);
    }
}

static void paint_choices(Login *l, Canvas *c, int row)
{
    guint n = choices(l);
    for (guint i = 0; i < n; i++) {
        const char *text = l->step == STEP_CARD ? ((CardChoice *)l->cards->pdata[i])->name : l->lines->pdata[i];
        canvas_textf(c, row + (int)i, 2, STYLE_NORMAL, "%u  %s", i + 1, text);
        if ((int)i == l->chosen)
            canvas_gutter(c, row + (int)i);
    }
}

static void paint_card_line(View *v, Canvas *c, int row)
{
    Login *l = v->state;
    int in = inserted(l);
    if (in >= 0)
        canvas_textf(c, row, 2, STYLE_STRONG, _("Card: %s"), ((CardChoice *)l->cards->pdata[in])->name);
    else
        canvas_text(c, row, 2, STYLE_NORMAL,
                    v->app->training ? _("Choose a training card") : _("Put your card in the reader"));
}

static void login_paint(View *v, Canvas *c)
{
    Login *l = v->state;
    gboolean locked = strcmp(v->cls->name, "lock") == 0;
    canvas_text(c, 1, 2, STYLE_HEADING, locked ? _("rond is locked") : _("rond – log in"));
    canvas_text(c, 2, 2, STYLE_DIM, _("Not for clinical use: not reviewed"));
    if (!l->cards)
        return;
    paint_card_line(v, c, 4);
    if (l->message)
        canvas_wrap(c, canvas_rows(c) - 4, 2, canvas_cols(c) - 4, 3, l->failed ? STYLE_ALERT : STYLE_NORMAL, l->message);
    paint_choices(l, c, 6);
    if (l->step == STEP_KEY)
        canvas_wrap(c, 6, 2, canvas_cols(c) - 4, 3, STYLE_NORMAL,
                    _("Enter: set the old drafts aside, unread and kept, and go on. Or use the card that wrote them."));
    if (l->step == STEP_PIN)
        login_pin_paint(l->pin, c, 6, v->app->training ? _("Every training card has the PIN 123456") : NULL);
}

static void login_close(View *v)
{
    Login *l = v->state;
    g_clear_pointer(&l->cards, g_ptr_array_unref);
    g_ptr_array_unref(l->assignments);
    g_ptr_array_unref(l->lines);
    login_pin_free(l->pin);
    g_free(l->message);
}

#define LOGIN_CLASS(NAME, TITLE)                                                                               \
    {                                                                                                          \
        .name = NAME, .title = TITLE, .keymap = "login", .context = login_context, .state_size = sizeof(Login),                          \
        .flags = VIEW_LOGIN | VIEW_TEXT | VIEW_UNIT, .open = login_open, .load = login_load,                   \
        .changed = login_changed, .paint = login_paint, .text = login_text, .typing = login_typing, .close = login_close               \
    }
const ViewClass view_login = LOGIN_CLASS("login", N_("Log in"));
const ViewClass view_lock = LOGIN_CLASS("lock", N_("Locked"));

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Keys to commands: prompt, modal, view, in that order. Text that arrives like text (pastes, scanner
 * bursts) is never a command. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "client/client.h"
#include "ui/hintbar.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

#define SIGN_KEY "<F9>"
#define SLOW_WAYS_BEFORE_HINT 3
#define TAIL_US (400 * 1000) /* who types on without a pause has not read the warning */

const char *shell_view_context(View *v)
{
    if (v && view_is_beside(v) && !(v->cls->typing && v->cls->typing(v)))
        return "beside";
    return !v ? "generic" : v->cls->context ? v->cls->context(v) : v->cls->keymap;
}

const char *shell_context(Shell *s)
{
    const ModalClass *m = modal_top(s->modals);
    View *v = shell_keyed(s);
    return m && m->context ? m->context : shell_view_context(v);
}

gboolean shell_text_mode(Shell *s)
{
    const ModalClass *m = modal_top(s->modals);
    View *v = shell_keyed(s);
    if (prompt_is_open())
        return TRUE;
    if (m)
        return m->text;
    return v && (v->cls->typing ? v->cls->typing(v) : (v->cls->flags & VIEW_TEXT) != 0);
}

static gboolean on_hint_timer(gpointer data)
{
    Shell *s = data;
    s->hint_timer = 0;
    s->hint_prefix = TRUE;
    paint_dirty(s->paint, PAINT_HINT);
    return G_SOURCE_REMOVE;
}

static void hint_reset(Shell *s)
{
    if (s->hint_timer)
        clock_timer_cancel(s->hint_timer);
    s->hint_timer = 0;
    if (s->hint_prefix)
        paint_dirty(s->paint, PAINT_HINT);
    s->hint_prefix = FALSE;
}

/* After three slow ways to a command that has a key, its key is named; never while signing. */
void shell_note_slow_way(App *app, const Command *c)
{
    Shell *s = shell_of(app);
    if (c->risk == CMD_RISK_SIGN || !option_bool(s->app->options, "ui.key-hints"))
        return;
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(s->slow_ways, c->name)) + 1;
    g_hash_table_insert(s->slow_ways, (gpointer)c->name, GUINT_TO_POINTER(n));
    const char *keys = keymap_keys_for(s->app->keymap, shell_context(s), c->name);
    if (n != SLOW_WAYS_BEFORE_HINT || !keys)
        return;
    g_autofree char *shown = hintbar_key_text(keys);
    g_autofree char *text = g_strdup_printf(_("Faster: %s  %s"), shown, _(c->summary));
    s->app->frontend->status(s->app, STATUS_INFO, text);
}

static gboolean to_text(Shell *s, const char *utf8, gboolean paste)
{
    View *v = shell_keyed(s);
    if (prompt_is_open()) {
        gboolean used = prompt_input(utf8, paste);
        paint_dirty(s->paint, PAINT_STATUS);
        return used;
    }
    if (modal_top(s->modals)) {
        gboolean used = modal_input(s->modals, utf8, paste);
        input_text_mode(s->input, shell_text_mode(s));
        paint_dirty(s->paint, modal_top(s->modals) ? PAINT_MODAL : PAINT_ALL);
        return used;
    }
    return v && v->cls->text && v->cls->text(v, utf8, paste);
}

static void run_bound(Shell *s, const InputEvent *e, const char *text)
{
    CmdCause cause = {
        .read_at = e->read_at,
        .queued = e->queued || e->repeated,
        .is_sign_key = strcmp(e->name, SIGN_KEY) == 0,
    };
    command_run_text(s->app, text, &cause);
}

static void say_unused(Shell *s)
{
    s->app->frontend->status(s->app, STATUS_WARN, _("Pasted or scanned text was not used: there is no field here"));
}

/* A number whose first digits came in a burst, while the machine stood still, is another number without
 * them: what is typed on in one go is not used either. Keys that type nothing and do not accept are let by. */
static gboolean is_tail(Shell *s, const InputEvent *e)
{
    gboolean counts = e->text || g_str_equal(e->name, "<Enter>");
    if (!s->unused_at || !counts)
        return FALSE;
    gboolean tail = e->read_at - s->unused_at < TAIL_US;
    s->unused_at = tail ? e->read_at : 0;
    return tail;
}

/* The field that took nothing stands there yet: it says itself why. */
static gboolean refuses_still(Shell *s)
{
    View *v = shell_keyed(s);
    return v && s->unused_in == v->id && !modal_top(s->modals) && !prompt_is_open();
}

/* A digit has chosen at the login and gone on: the Enter that fingers press after it is for nothing that came next. */
static gboolean is_after_digit(Shell *s, const InputEvent *e)
{
    const View *v = shell_keyed(s);
    gboolean at_login = v && strcmp(v->cls->name, "login") == 0, after = s->digit_at_login && !at_login && strcmp(e->name, "<Enter>") == 0;
    s->digit_at_login = at_login && g_ascii_isdigit(e->name[0]) && !e->name[1];
    return after;
}

/* "g p": a way that is begun and leads nowhere. */
static void say_no_way(Shell *s, const char *begun, const char *key)
{
    g_autofree char *keys = g_strconcat(begun, " ", key, NULL), *shown = hintbar_key_text(keys);
    g_autofree char *text = g_strdup_printf(_("“%s” does nothing here"), shown);
    s->app->frontend->status(s->app, STATUS_WARN, text);
}

static void on_key(Shell *s, const InputEvent *e)
{
    const char *text = NULL;
    g_autofree char *begun = g_strdup(s->keys.pending);
    hint_reset(s);
    if (is_after_digit(s, e))
        return;
    if (is_tail(s, e) && !refuses_still(s)) {
        say_unused(s);
        return;
    }
    if (prompt_is_open() || modal_top(s->modals)) {
        to_text(s, e->text && !(e->name[0] == '<' && e->name[1]) ? e->text : e->name, FALSE);
        return;
    }
    switch (keymap_feed(s->app->keymap, &s->keys, shell_context(s), e->name, &text)) {
    case KEYMAP_MATCH:
        run_bound(s, e, text);
        break;
    case KEYMAP_PREFIX:
        s->hint_timer = clock_timer_add(HINTBAR_PREFIX_MS, on_hint_timer, s);
        break;
    case KEYMAP_NONE: /* a field that takes nothing now may be gone with the next key, which would be a command */
        if (!to_text(s, e->text ? e->text : e->name, FALSE) && e->text && shell_text_mode(s)) {
            s->unused_at = MAX(e->read_at, 1);
            s->unused_in = shell_keyed(s)->id;
        } else if (begun && !shell_text_mode(s)) {
            say_no_way(s, begun, e->name);
        }
        break;
    }
}

/* Where keys are commands: a scanner's code, or what is pasted into a text whose keys are commands now. */
static gboolean view_takes(Shell *s, const InputEvent *e)
{
    View *v = shell_keyed(s);
    if (!v || modal_top(s->modals) || prompt_is_open())
        return FALSE;
    return (v->cls->flags & VIEW_SCANS) || (v->cls->bursts && v->cls->bursts(v, e->pasted));
}

static void on_text(Shell *s, const InputEvent *e)
{
    keymap_state_clear(&s->keys);
    gboolean keys = !shell_text_mode(s), used = (!keys || view_takes(s, e)) && to_text(s, e->text, TRUE);
    if (keys && !used) {
        s->unused_at = MAX(e->read_at, 1);
        s->unused_in = 0;
        say_unused(s);
    } else if (used && e->cut) {
        s->app->frontend->status(s->app, STATUS_WARN, _("The pasted text was too long; its end was left out"));
    }
}

/* Where Esc changes the mode of a text, it is pressed before a digit as a matter of course. */
static gboolean esc_types(Shell *s)
{
    const char *keys = modal_top(s->modals) || prompt_is_open() ? NULL : keymap_keys_for(s->app->keymap, shell_context(s), "edit-normal");
    return keys && strcmp(keys, "<Esc>") == 0;
}

void shell_on_input(const InputEvent *event, gpointer data)
{
    Shell *s = data;
    if (s->ending)
        return;
    paint_release(s->paint);
    switch (event->kind) {
    case INPUT_RESIZE:
        paint_resized(s->paint);
        return;
    case INPUT_CLOSED:
        shell_end(s, 0);
        return;
    default:
        break;
    }
    if (s->hooks.touched)
        s->hooks.touched(s->hooks.data);
    if (statusbar_key(s->status))
        paint_dirty(s->paint, PAINT_STATUS);
    if (s->app->client)
        client_nudge(s->app->client);
    if (event->kind == INPUT_KEY)
        on_key(s, event);
    else
        on_text(s, event);
    input_text_mode(s->input, shell_text_mode(s)); /* a list may have become a field, or a field a list */
    input_esc_types(s->input, esc_types(s));
}

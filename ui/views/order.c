/* SPDX-License-Identifier: GPL-3.0-or-later
 * Ordering a medicine: one typed line, and under it what will be signed. Each key is in the sealed
 * draft before it is painted. Enter puts the order on the list to sign; nothing is signed here. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/views/order-choices.h"
#include "ui/views/order-draft.h"
#include "ui/views/order-form.h"
#include "ui/views/order-paint.h"
#include "ui/views/order-several.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"
#include "ui/views/sending.h"

typedef struct {
    const OrderData *data;
    BasketItem *item;
    Field *field;
    OrderForm *form; /* NULL while the line is shown */
    OrderChoices *choices;
    GPtrArray *several;    /* BasketItem*, where the line is more than one order; NULL */
    const OrderSets *sets; /* NULL until a name is typed */
    CheckFactsSource *facts;
    gboolean choosing; /* the list of choices has been entered: Enter takes what is marked */
    GPtrArray *others; /* BasketItem*: what waits already, for the checks */
    gboolean kept;     /* there is a draft of it */
    char *problem;     /* the draft is not on disk: why */
} State;

/* ---- reading the line ---- */

static void check(State *s)
{
    if (s->facts)
        basket_item_check(s->item, s->others, s->data, check_facts(s->facts), shell_now());
}

static Decimal weight_of(const State *s)
{
    return s->facts ? check_facts(s->facts)->weight_kg : (Decimal){0};
}

static void read_line(View *v)
{
    State *s = v->state;
    guint before = order_choices_count(s->choices);
    basket_item_read(s->item, s->data, weight_of(s), shell_now());
    g_clear_pointer(&s->several, g_ptr_array_unref);
    s->several = s->form ? NULL : order_several_read(s->item, s->data, weight_of(s), shell_now());
    if (s->several && order_line_has_name(s->item->line) && !s->sets)
        s->sets = order_favourites(v->app, s->data, TRUE);
    if (s->several && s->sets)
        order_favourites_offer(s->sets, s->item->line, s->choices);
    else if (s->several)
        order_choices_clear(s->choices);
    else
        order_choices_refresh(s->choices, s->item, s->data);
    if (order_choices_count(s->choices) != before)
        s->choosing = FALSE;
    check(s);
}

/* Before the key is painted: what was typed is in the sealed store. */
static gboolean save(View *v)
{
    State *s = v->state;
    g_autoptr(GError) error = NULL;
    gboolean empty = *s->item->line == '\0', first = !s->kept && !empty;
    g_clear_pointer(&s->problem, g_free);
    if (empty && !s->kept)
        return TRUE;
    if (!(empty ? order_draft_remove(v->app, s->item->id, &error) : order_draft_save(v->app, s->item, &error))) {
        s->problem = g_strdup(_(error->message));
        return FALSE;
    }
    s->kept = !empty;
    if (first)
        shell_place_changed(v->app);
    return TRUE;
}

static void line_changed(View *v, const char *line)
{
    State *s = v->state;
    char *kept = g_strdup(line);
    g_free(s->item->line);
    s->item->line = kept;
    s->choosing = FALSE;
    s->item->ready = FALSE; /* what is being changed waits for Enter again */
    basket_item_edited(s->item);
    read_line(v);
    save(v);
    view_dirty(v);
}

static void on_facts(const CheckFacts *facts, gpointer data)
{
    View *v = data;
    State *s = v->state;
    (void)facts;
    if (!s->facts) /* the first answer can come before the source is known here */
        return;
    read_line(v);
    view_dirty(v);
}

/* ---- view ---- */

static gboolean order_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    const char *patient = patient_ctx_id(v->patient);
    guint unreadable = 0;
    s->data = order_data(error);
    if (!s->data)
        return FALSE;
    gboolean draft = arg && g_str_has_prefix(arg, "draft:");
    s->item = draft ? order_draft_open(v->app, arg + strlen("draft:"), patient, error) : basket_item_new(NULL, patient);
    if (!s->item)
        return FALSE;
    if (s->item->change && !s->item->change->orders) {
        g_clear_pointer(&s->item, basket_item_free);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It has no line: it stands on the patient's list to sign"));
        return FALSE;
    }
    s->kept = draft;
    s->others = order_draft_list(v->app, patient, &unreadable, NULL);
    for (guint i = s->others->len; i-- > 0;) {
        BasketItem *other = s->others->pdata[i];
        if (strcmp(other->id, s->item->id) == 0)
            g_ptr_array_remove_index(s->others, i);
        else
            basket_item_read(other, s->data, (Decimal){0}, shell_now());
    }
    s->choices = order_choices_new();
    s->field = field_new(draft ? s->item->line : arg);
    if (arg && !draft) {
        g_free(s->item->line);
        s->item->line = g_strdup(arg);
    }
    read_line(v);
    return TRUE;
}

static void order_load(View *v, LoadWhy why)
{
    State *s = v->state;
    (void)why;
    if (!s->facts)
        s->facts = check_facts_watch(v->app->client, v->scope, v->patient, on_facts, v);
    if (*s->item->line && !s->kept) /* what was read is not written: it is as old, and as damaged, as it was */
        save(v);
}

static void form_line(const char *line, gpointer data)
{
    View *v = data;
    State *s = v->state;
    field_set(s->field, line);
    line_changed(v, line);
}

static void form_product(const DrugProduct *p, gpointer data)
{
    View *v = data;
    State *s = v->state;
    basket_item_pick_product(s->item, p);
    line_changed(v, s->item->line);
}

static gboolean toggle_form(View *v, GError **error)
{
    State *s = v->state;
    if (s->several) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS,
                            _("The form is of one order: press Enter first, then open the order from the list to sign"));
        return FALSE;
    }
    if (s->form)
        g_clear_pointer(&s->form, order_form_free);
    else
        s->form = order_form_new(s->item, s->data, form_line, form_product, v);
    read_line(v);
    view_dirty(v);
    return TRUE;
}

static void pick(View *v)
{
    State *s = v->state;
    if (!order_choices_pick(s->choices, s->item))
        return;
    field_set(s->field, s->item->line);
    g_autofree char *line = g_strdup(s->item->line);
    line_changed(v, line);
    if (s->form)
        order_form_reread(s->form);
}

/* The cursor to the word that is not understood; else it stays where one goes on typing. */
static void cursor_to(State *s, const OrderIssue *issue)
{
    const char *at = issue->token ? strstr(field_text(s->field), issue->token) : NULL;
    field_input(s->field, at ? "<Home>" : "<End>", FALSE);
    glong n = at ? g_utf8_pointer_to_offset(field_text(s->field), at + strlen(issue->token)) : 0;
    while (n-- > 0)
        field_input(s->field, "<Right>", FALSE);
}

static gboolean open_list(View *v, GError **error)
{
    g_autofree char *id = g_strdup(((State *)v->state)->item->id);
    return v->app->frontend->open_view(v->app, "sign-list", v->patient, id, error) != NULL;
}

/* The names give way to their lines, to be read and changed before they go on the list. */
static gboolean expand(View *v, GError **error)
{
    State *s = v->state;
    g_autoptr(GError) none = NULL;
    g_autofree char *line = s->choosing ? NULL : order_sets_expand(s->sets, s->item->line, &none);
    if (line) {
        field_set(s->field, line);
        line_changed(v, line);
    } else if (s->choosing) {
        pick(v);
    } else if (order_choices_count(s->choices) > 1) {
        s->choosing = TRUE;
    } else {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, none->message);
        return FALSE;
    }
    view_dirty(v);
    return TRUE;
}

static gboolean accept_several(View *v, GError **error)
{
    State *s = v->state;
    if (!order_several_put(v->app, s->item, s->several, s->data, weight_of(s), shell_now(), error))
        return FALSE;
    s->kept = TRUE;
    return open_list(v, error);
}

/* To the list to sign; from there on @v is gone. */
static gboolean accept(View *v, GError **error)
{
    State *s = v->state;
    if (s->several)
        return order_line_has_name(s->item->line) ? expand(v, error) : accept_several(v, error);
    if (!s->form && order_choices_count(s->choices)) {
        /* What is ambiguous is entered first: no row is taken that nobody has looked at. */
        if (s->choosing)
            pick(v);
        else
            s->choosing = TRUE;
        view_dirty(v);
        return TRUE;
    }
    if (!*s->item->line) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Type what to order, for example: alvedon 1g x4 vb smärta"));
        return FALSE;
    }
    if (!order_complete(s->item->order)) {
        const OrderIssue *issue = s->item->order->issues->pdata[0];
        g_autofree char *sentence = order_issue_sentence(issue);
        cursor_to(s, issue);
        if (s->form)
            order_form_focus(s->form, issue->field);
        view_dirty(v);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, sentence);
        return FALSE;
    }
    s->item->ready = TRUE;
    if (!save(v)) {
        s->item->ready = FALSE;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->problem);
        return FALSE;
    }
    return open_list(v, error);
}

static void order_review(View *v)
{
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    if (!accept(v, &error) && error)
        notify_error(app, error);
}

static const char *order_context(View *v)
{
    return ((State *)v->state)->form ? "order-form" : "order";
}

static CmdResult order_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "order-accept") == 0)
        return accept(v, error) ? CMD_DONE : CMD_ERROR;
    if (strcmp(name, "order-form") == 0 || (strcmp(name, "next-part") == 0 && !s->form)) {
        return toggle_form(v, error) ? CMD_DONE : CMD_ERROR;
    }
    return CMD_ERROR;
}

/* Up and Down are the list's while there is one; the first of them only enters it. */
static gboolean moves_in_list(State *s, const char *key, gboolean paste)
{
    static const char *const keys[] = {"<Up>", "<Down>", "<PgUp>", "<PgDn>", NULL};
    if (paste || !order_choices_count(s->choices) || !g_strv_contains(keys, key))
        return FALSE;
    if (s->choosing)
        list_input(order_choices_list(s->choices), key, FALSE);
    s->choosing = TRUE;
    return TRUE;
}

static gboolean order_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    view_dirty(v);
    if (sending_tells(v->app, s->item->id))
        return FALSE;
    if (s->form)
        return order_form_input(s->form, utf8, paste);
    if (moves_in_list(s, utf8, paste))
        return TRUE;
    WidgetResult r = field_input(s->field, utf8, paste);
    if (r & WIDGET_CHANGED)
        line_changed(v, field_text(s->field));
    return r != WIDGET_IGNORED;
}

static gboolean order_typing(View *v)
{
    const State *s = v->state;
    return !s->form || order_form_typing(s->form);
}

static gboolean paint_choices(State *s, Canvas *c, int row)
{
    if (!order_choices_count(s->choices))
        return FALSE;
    canvas_push(c, (Rect){row, 0, MAX(canvas_rows(c) - row, 0), canvas_cols(c)});
    list_paint(order_choices_list(s->choices), c, s->choosing);
    canvas_pop(c);
    return TRUE;
}

static void order_paint(View *v, Canvas *c)
{
    State *s = v->state;
    int row = 0;
    canvas_clear(c);
    if (s->form) {
        row = MIN(canvas_rows(c) - 9, order_form_rows(s->form));
        canvas_push(c, (Rect){0, 0, row, canvas_cols(c)});
        order_form_paint(s->form, c);
        canvas_pop(c);
    } else {
        canvas_text(c, 0, 1, STYLE_STRONG, "o");
        row = 1;
    }
    if (s->several) {
        row = order_several_paint(c, row, s->several);
        paint_choices(s, c, row);
        field_paint(s->field, c, 0, 4, canvas_cols(c) - 6, TRUE);
        return;
    }
    OrderPaint p = {.item = s->item, .facts = s->facts ? check_facts(s->facts) : NULL, .problem = s->problem,
                    .waiting = s->others->len, .now = shell_now()};
    row = order_paint_reading(c, row, &p);
    if (s->form || !paint_choices(s, c, row))
        order_paint_checks(c, row, &p);
    if (!s->form)
        field_paint(s->field, c, 0, 4, canvas_cols(c) - 6, TRUE);
}

static char *order_resume(View *v)
{
    State *s = v->state;
    return s->kept ? g_strdup_printf("draft:%s", s->item->id) : NULL;
}

static void order_close(View *v)
{
    State *s = v->state;
    g_clear_pointer(&s->item, basket_item_free);
    g_clear_pointer(&s->field, field_free);
    g_clear_pointer(&s->form, order_form_free);
    g_clear_pointer(&s->choices, order_choices_free);
    g_clear_pointer(&s->others, g_ptr_array_unref);
    g_clear_pointer(&s->several, g_ptr_array_unref);
    g_free(s->problem);
}

const ViewClass view_order = {
    .name = "order",
    .title = N_("Order a medicine"),
    .keymap = "order",
    .context = order_context,
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_TEXT,
    .open = order_open,
    .load = order_load,
    .paint = order_paint,
    .command = order_command,
    .text = order_text,
    .typing = order_typing,
    .review = order_review,
    .resume = order_resume,
    .close = order_close,
};

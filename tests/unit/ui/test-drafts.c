/* SPDX-License-Identifier: GPL-3.0-or-later
 * Discarding from the list of what is unfinished: what is on its way to the core stays. */
#include <criterion/criterion.h>
#include <string.h>

#include "ui/shell-internal.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/note-draft.h"
#include "ui/views/sending.h"
#include "ui/views/views.h"

static gboolean there = TRUE;
static guint told; /* times that it was said to be on its way */
static struct {
    ConfirmFn fn;
    gpointer data;
} asked;

static GPtrArray *list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    Draft *d = g_new0(Draft, 1);
    *d = (Draft){.id = g_strdup("d1"), .patient = g_strdup("p1"), .kind = g_strdup(NOTE_DRAFT_LATER), .changed = 1};
    g_ptr_array_add(all, d);
    return all;
}

static gboolean take_away(gpointer self, const char *id, GError **error)
{
    cr_assert_str_eq(id, "d1");
    there = FALSE;
    return TRUE;
}

static void status(App *app, StatusKind kind, const char *text)
{
    told += strstr(text, "It is being sent") != NULL;
}

static void receipt(App *app, const char *text)
{
}

static void confirm(CmdCall *call, const char *question, ConfirmFn fn, gpointer data)
{
    asked.fn = fn;
    asked.data = data;
}

static const Frontend frontend = {.status = status, .receipt = receipt, .confirm = confirm};
static const Command command = {.name = "draft-discard"};
static App app = {.frontend = &frontend, .services = {.draft_list = list, .draft_remove = take_away}};

static CmdCall *call_new(void)
{
    CmdCall *call = g_new0(CmdCall, 1);
    *call = (CmdCall){.app = &app, .command = &command, .scope = scope_new()};
    if (!app.waiting)
        app.waiting = g_ptr_array_new(); /* the last call to end takes it away */
    g_ptr_array_add(app.waiting, call);
    return call;
}

static CmdResult discard(View *v, CmdCall **ret_call)
{
    GError *error = NULL;
    *ret_call = call_new();
    CmdResult r = v->cls->command(v, *ret_call, &error);
    if (r != CMD_WAIT)
        cmd_continue(*ret_call, r, error);
    return r;
}

Test(drafts, what_is_on_its_way_is_not_discarded)
{
    Shell shell = {.views = g_ptr_array_new(), .beside = g_ptr_array_new()};
    View v = {.cls = &view_drafts, .app = &app, .scope = scope_new(), .state = g_malloc0(view_drafts.state_size)};
    CmdCall *call;
    app.ui = &shell;
    cr_assert(v.cls->open(&v, NULL, NULL));
    v.cls->load(&v, LOAD_OPEN);

    sending_begin(&app, "d1");
    cr_assert_eq(discard(&v, &call), CMD_ERROR);
    cr_assert(there && told == 1 && !asked.fn, "refused with its sentence before anything is asked");
    sending_end("d1");

    cr_assert_eq(discard(&v, &call), CMD_WAIT);
    sending_begin(&app, "d1");
    asked.fn(call, TRUE, asked.data);
    cr_assert(there && told == 2, "sent while the question stood there");
    sending_end("d1");

    cr_assert_eq(discard(&v, &call), CMD_WAIT);
    asked.fn(call, TRUE, asked.data);
    cr_assert(!there && told == 2);

    v.cls->close(&v);
    g_free(v.state);
    scope_close(v.scope);
    g_ptr_array_unref(shell.views);
    g_ptr_array_unref(shell.beside);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Opening a draft of each kind that there is: whole, damaged, gone, another patient's, another view's, on its way. */
#include <criterion/criterion.h>
#include <string.h>

#include "ui/views/draft-kinds.h"
#include "ui/views/sending.h"
#include "ui/views/views.h"

static Draft kept; /* .id NULL: there is none */
static guint told;

static Draft *copy(void)
{
    Draft *d = g_new0(Draft, 1);
    *d = (Draft){.id = g_strdup(kept.id), .patient = g_strdup(kept.patient), .kind = g_strdup(kept.kind), .damaged = kept.damaged};
    return d;
}

static Draft *get(gpointer self, const char *id, GError **error)
{
    return kept.id && strcmp(id, kept.id) == 0 ? copy() : NULL;
}

static GPtrArray *list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    g_ptr_array_add(all, copy());
    return all;
}

static void status(App *app, StatusKind kind, const char *text)
{
    told += kind == STATUS_WARN && *text;
}

static void receipt(App *app, const char *text)
{
}

static const Frontend frontend = {.status = status, .receipt = receipt};
static App app = {.frontend = &frontend, .services = {.draft_get = get, .draft_list = list}};

static void keep(const DraftKind *k, gboolean damaged)
{
    kept = (Draft){.id = (char *)"d1", .patient = (char *)"p1", .kind = (char *)k->kind, .damaged = damaged};
    told = 0;
}

static gboolean opens(const char *patient, const char *view)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Draft) d = draft_open(&app, "d1", patient, view, &error);
    cr_assert(!d || !error);
    cr_assert(d || !kept.id || error, "nothing is said of %s", kept.kind);
    return d != NULL;
}

Test(draft_kinds, what_is_damaged_says_so)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++) {
        keep(k, TRUE);
        cr_assert(opens("p1", k->view), "%s", k->kind);
        cr_assert_eq(told, 1, "%s was opened as if it were whole", k->kind);
        keep(k, FALSE);
        cr_assert(opens("p1", k->view), "%s", k->kind);
        cr_assert_eq(told, 0, "%s is whole", k->kind);
    }
}

Test(draft_kinds, only_its_own_patient_and_view_open_it)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++)
        for (const DraftKind *other = draft_kinds; other->kind; other++) {
            keep(k, TRUE);
            cr_assert_not(opens("p2", other->view), "%s", k->kind);
            cr_assert_eq(opens("p1", other->view), strcmp(k->view, other->view) == 0, "%s in %s", k->kind, other->view);
        }
}

Test(draft_kinds, what_is_on_its_way_is_not_opened)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++) {
        keep(k, FALSE);
        sending_begin(&app, "d1");
        cr_assert_not(opens("p1", k->view), "%s", k->kind);
        sending_end("d1");
        cr_assert(opens("p1", k->view), "%s", k->kind);
    }
}

Test(draft_kinds, what_is_gone_is_told_or_begun_anew)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++) {
        g_autoptr(GError) error = NULL;
        keep(k, FALSE);
        kept.id = NULL;
        cr_assert_null(draft_open(&app, "d1", "p1", k->view, &error));
        cr_assert_eq(error != NULL, k->gone != NULL, "%s", k->kind);
    }
}

static gboolean never(const char *meta, gpointer data)
{
    return FALSE;
}

Test(draft_kinds, what_was_left_is_found_in_its_own_view)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++)
        for (const DraftKind *other = draft_kinds; other->kind; other++) {
            keep(k, FALSE);
            g_autofree char *found = draft_left(&app, "p1", other->view, NULL, NULL), *none = draft_left(&app, "p1", k->view, never, NULL);
            cr_assert_eq(found != NULL, strcmp(k->view, other->view) == 0, "%s in %s", k->kind, other->view);
            cr_assert_null(none);
        }
}

/* A kind that no view has could be kept and never opened. */
Test(draft_kinds, every_kind_has_its_view)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++) {
        gboolean there = FALSE;
        for (const ViewClass *const *v = view_table; *v; v++)
            there = there || strcmp((*v)->name, k->view) == 0;
        cr_assert(there, "%s", k->view);
    }
    cr_assert_null(draft_kind("of a later rond"));
}

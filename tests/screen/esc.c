/* SPDX-License-Identifier: GPL-3.0-or-later
 * esc [-v] [PLACE...]
 *
 * One law for Esc, in every place of the program: it takes away the one thing that lies on top – the command line, the
 * question, a step of the view, the view – and nothing more; nothing that was typed is lost by it; and pressed again and
 * again it leads to where the assignment begins, where it does nothing. -v tells each step. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/drive.h"
#include "tests/screen/stray-places.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

#define MOST 8 /* presses from the deepest place home */

static gboolean verbose;

typedef struct {
    gboolean line, question;
    GArray *views; /* guint ids */
    char *screen, *drafts, *told;
} Stand;

static void press(const char *bytes, gsize n, gpointer drive)
{
    if (n)
        drive_feed(drive, bytes, n);
    else
        drive_advance(drive, G_TIME_SPAN_SECOND);
}

/* Without the lines that speak, the last two, and the first, which tells the time. */
static char *body(const Drive *d)
{
    GString *out = g_string_new(NULL);
    for (int row = 1; row < d->rows - 2; row++) {
        g_autofree char *line = term_mem_row(d->term, row);
        g_string_append_printf(out, "%s\n", line);
    }
    return g_string_free(out, FALSE);
}

static Stand stand_of(const Drive *d)
{
    Shell *s = screen_app_shell(d->app);
    const ModalClass *m = modal_top(s->modals);
    Stand st = {prompt_is_open(), m != NULL, g_array_new(FALSE, FALSE, sizeof(guint)), body(d), screen_app_drafts(d->app), NULL};
    GString *told = g_string_new(NULL);
    for (guint i = 0; i < s->views->len; i++) {
        const View *v = s->views->pdata[i];
        g_array_append_val(st.views, v->id);
        g_string_append_printf(told, "%s%s", i ? " > " : "", v->cls->name);
    }
    if (shell_beside(s))
        g_string_append_printf(told, " beside %s%s", shell_beside(s)->cls->name, s->beside_keys ? "*" : "");
    g_string_append_printf(told, "%s%s", m ? " ? " : "", m ? m->context : "");
    g_string_append(told, st.line ? " :" : "");
    st.told = g_string_free(told, FALSE);
    return st;
}

static void stand_clear(Stand *s)
{
    g_array_unref(s->views);
    g_free(s->screen);
    g_free(s->drafts);
    g_free(s->told);
}

static gboolean same_views(const Stand *a, const Stand *b, guint n)
{
    for (guint i = 0; i < n; i++)
        if (i >= b->views->len || g_array_index(a->views, guint, i) != g_array_index(b->views, guint, i))
            return FALSE;
    return TRUE;
}

/* What is wrong with the step; NULL: nothing. */
static const char *judge(const Stand *a, const Stand *b, gboolean base)
{
    guint n = a->views->len;
    gboolean all = b->views->len == n && same_views(a, b, n);
    if (strcmp(a->drafts, b->drafts) != 0)
        return "what was typed is not as it was";
    if (a->line || a->question)
        return !all ? "a view went with what lay over it" : a->line == b->line && a->question == b->question ? "it closed nothing" : NULL;
    if (b->question || b->line)
        return "it asked something";
    if (base)
        return all && strcmp(a->screen, b->screen) == 0 ? NULL : "it did something where there is nothing to go back to";
    if (all)
        return strcmp(a->screen, b->screen) == 0 && strcmp(a->told, b->told) == 0 ? "it did nothing" : NULL;
    gboolean one_less = b->views->len + 1 == n && same_views(a, b, n - 1);
    return one_less || n == 1 ? NULL : "more than one view went";
}

static gboolean walk(const StrayPlace *p, Drive *d)
{
    Stand a = stand_of(d);
    const char *wrong = NULL;
    gboolean base = FALSE;
    for (int i = 0; i <= MOST && !wrong && !base; i++) {
        base = shell_at_base(screen_app_shell(d->app)) && !a.line && !a.question;
        press("\033", 1, d);
        Stand b = stand_of(d);
        wrong = judge(&a, &b, base);
        if (wrong || verbose)
            printf("%s: %s -> %s%s%s\n", p->name, a.told, b.told, wrong ? ": " : "", wrong ? wrong : "");
        stand_clear(&a);
        a = b;
    }
    if (!base && !wrong)
        printf("%s: %s: not home after %d presses\n", p->name, a.told, MOST);
    stand_clear(&a);
    return base && !wrong;
}

static gboolean go(const StrayPlace *p)
{
    g_autoptr(GError) error = NULL;
    Drive d;
    drive_init(&d);
    g_hash_table_insert(d.settings, g_strdup("commission"), g_strdup(p->commission));
    gboolean good = drive_start(&d, &error);
    if (good) {
        stray_way(p->keys, press, &d);
        drive_advance(&d, G_TIME_SPAN_SECOND);
        good = walk(p, &d);
    } else {
        fprintf(stderr, "%s: %s\n", p->name, error->message);
    }
    drive_clear(&d);
    return good;
}

int main(int argc, char **argv)
{
    drive_locale();
    verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    guint n = 0, bad = 0;
    const char *const *only = (const char *const *)argv + 1 + verbose;
    for (const StrayPlace *p = stray_places; p->name; p++)
        if (p->commission && (!*only || g_strv_contains(only, p->name))) {
            n++;
            bad += !go(p);
        }
    printf("%u places, %u where Esc does something else\n", n, bad);
    return bad > 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The list to sign: nothing is signed that has not stood on the screen, whole and as it is now. Random lists, screens,
 * keys and changes from elsewhere; ROND_RUNS says how many lists, the seed is printed, ROND_SEED repeats it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/screen/drafts.h"
#include "tests/unit/ui/rows.h"
#include "ui/shell-internal.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/order-paint.h"
#include "ui/views/sign-list.h"

static Drafts *drafts;
static GRand *dice;

static gboolean put(gpointer self, const Draft *d, GError **error)
{
    return drafts_put(drafts, d);
}

static Draft *get(gpointer self, const char *id, GError **error)
{
    return drafts_get(drafts, id);
}

static GPtrArray *list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    return drafts_list(drafts, patient);
}

static gboolean take_away(gpointer self, const char *id, GError **error)
{
    return drafts_remove(drafts, id);
}

static void status(App *app, StatusKind kind, const char *text)
{
}

static const Frontend frontend = {.status = status};
static App app = {.frontend = &frontend,
                  .services = {.draft_put = put, .draft_get = get, .draft_list = list, .draft_remove = take_away}};
static Shell shell;

static int roll(int low, int high)
{
    return g_rand_int_range(dice, low, high + 1);
}

/* A reason that no other order has, in letters. */
static char *reason(void)
{
    static guint n;
    char text[16] = "orsak", *p = text + strlen(text);
    for (guint k = ++n; k; k /= 26)
        *p++ = (char)('a' + k % 26);
    *p = '\0';
    return g_strdup(text);
}

static char *line(void)
{
    static const char *const kinds[] = {
        "alvedon 1g x4 %s", "kåv 1g x3 i 7d %s", "predn 60mg -10/2d %s", "fragmin 5000E sc kl 20 i 7d %s",
        "metformin 500mg x2 %s", "natriumklorid 1000ml iv på 12 timmar %s", "alvedon 1g %s 7q", "met 50mg x1 %s",
        "morfin 5mg iv vb max 6/d %s uppf efter operationen av den som är i tjänst på avdelningen"};
    g_autofree char *why = reason();
    return g_strdup_printf(kinds[roll(0, (int)G_N_ELEMENTS(kinds) - 1)], why);
}

static void write_line(const char *id, char *text, gboolean ready)
{
    g_autoptr(BasketItem) b = basket_item_new(id, "p1");
    g_free(b->line);
    b->line = text;
    b->ready = ready;
    cr_assert(order_draft_save(&app, b, NULL));
}

static void write_order(const char *id, gboolean ready)
{
    write_line(id, line(), ready);
}

/* ---- what a person has seen, by what stood on the screen ---- */

typedef struct {
    char *content;
    GHashTable *words;
} Seen;

static void seen_free(gpointer p)
{
    Seen *s = p;
    g_free(s->content);
    g_hash_table_unref(s->words);
    g_free(s);
}

static char *content_of(const BasketItem *b, Instant now)
{
    g_autoptr(GPtrArray) lines = order_lines(b, now);
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(all, "%s ", ((OrderLine *)lines->pdata[i])->text);
    return g_string_free(all, FALSE);
}

/* Of this order as it is now; what was seen of it before it changed does not count. */
static Seen *seen_of(GHashTable *seen, const BasketItem *b, Instant now)
{
    g_autofree char *content = content_of(b, now);
    Seen *s = g_hash_table_lookup(seen, b->id);
    if (s && strcmp(s->content, content) == 0)
        return s;
    s = g_new0(Seen, 1);
    *s = (Seen){g_strdup(content), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_hash_table_insert(seen, g_strdup(b->id), s);
    return s;
}

static void look(SignList *l, GHashTable *seen, int rows)
{
    g_autoptr(Canvas) c = canvas_new(rows + 1, l->width);
    l->height = rows;
    canvas_clear(c);
    sign_rows_scroll(l, 0);
    sign_rows_paint(l, c, 1);
    for (int i = 0; i < rows && l->top + i < (int)l->rows->len; i++) {
        int item = g_array_index(l->rows, SignRow, l->top + i).item;
        if (item < 0)
            continue;
        g_autofree char *text = row_text(c, 1 + i);
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        Seen *s = seen_of(seen, l->items->pdata[item], l->now);
        for (char **w = words; *w; w++)
            g_hash_table_add(s->words, g_strdup(*w));
    }
}

static gboolean whole_seen(GHashTable *seen, const BasketItem *b, const SignList *l)
{
    Seen *s = seen_of(seen, b, l->now);
    g_auto(GStrv) words = g_strsplit(s->content, " ", -1);
    for (char **w = words; *w; w++)
        if (**w && !g_hash_table_contains(s->words, *w)) {
            fprintf(stderr, "%d wide: “%s” of “%s”\n", l->width, *w, s->content);
            return FALSE;
        }
    return TRUE;
}

static gboolean is_kept(const BasketItem *b)
{
    g_autoptr(BasketItem) kept = order_draft_open(&app, b->id, "p1", NULL);
    return kept && kept->ready && strcmp(kept->line, b->line) == 0;
}

/* ---- one list ---- */

typedef struct {
    guint signed_, refused, held, wrong;
} Count;

static void read_list(View *v)
{
    SignList *l = v->state;
    g_clear_pointer(&l->items, g_ptr_array_unref);
    l->items = order_draft_list(&app, "p1", &l->unreadable, NULL);
    l->now = shell_now();
    sign_list_reckon(v);
}

/* The signing key, with the gate and the guard that the program has before it sends. */
static void sign(View *v, GHashTable *seen, Count *n)
{
    SignList *l = v->state;
    g_autoptr(GPtrArray) ready = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < l->items->len; i++)
        if (sign_item_ready(l->items->pdata[i]))
            g_ptr_array_add(ready, l->items->pdata[i]);
    if (!ready->len || !sign_rows_all_shown(l)) {
        n->held++;
        return;
    }
    if (!sign_list_as_kept(&app, l, ready, &error)) {
        n->refused++;
        read_list(v);
        return;
    }
    for (guint i = 0; i < ready->len; i++) {
        const BasketItem *b = ready->pdata[i];
        n->signed_++;
        n->wrong += !whole_seen(seen, b, l) || !is_kept(b) || !order_complete(b->order);
        if (roll(0, 4)) { /* else the core refuses it: it stays */
            drafts_remove(drafts, b->id);
            g_ptr_array_remove(l->items, (gpointer)b);
        }
    }
    sign_list_reckon(v);
}

static void change_elsewhere(const SignList *l)
{
    const BasketItem *b = l->items->len ? l->items->pdata[roll(0, (int)l->items->len - 1)] : NULL;
    if (b && roll(0, 2))
        write_order(b->id, roll(0, 3) > 0);
    else if (b && roll(0, 1))
        drafts_remove(drafts, b->id);
    else
        write_order(NULL, TRUE);
}

static void fail_one(View *v)
{
    const SignList *l = v->state;
    BasketItem *b = l->items->len ? l->items->pdata[roll(0, (int)l->items->len - 1)] : NULL;
    if (!b)
        return;
    g_free(b->failure);
    b->failure = reason();
    sign_list_reckon(v);
}

static void close_list(SignList *l)
{
    g_ptr_array_unref(l->items);
    g_array_unref(l->rows);
    g_free(l->content);
    drafts_free(drafts);
}

static void run(Count *n)
{
    static const char *const keys[] = {"<Down>", "<Up>", "<PgDn>", "<PgDn>", "<PgDn>", "<PgUp>", " ", "<Home>", "<End>"};
    SignList l = {.data = order_data(NULL), .width = roll(40, 120)};
    View v = {.app = &app, .state = &l};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, seen_free);
    int rows = roll(4, 30);
    drafts = drafts_new();
    for (int i = roll(1, 8); i > 0; i--)
        write_order(NULL, roll(0, 9) > 0);
    read_list(&v);
    for (int i = roll(10, 60); i > 0; i--) {
        look(&l, seen, rows);
        switch (roll(0, 15)) {
        case 0: change_elsewhere(&l); break;
        case 1: fail_one(&v); break;
        case 2: l.width = roll(40, 120); sign_rows_lay_out(&l); break;
        case 3: rows = roll(4, 30); break;
        case 7: case 8: case 9: change_elsewhere(&l); read_list(&v); break; /* opened from the list, changed, and back */
        case 4: case 5: case 6: sign(&v, seen, n); break;
        default: sign_rows_move(&l, keys[roll(0, (int)G_N_ELEMENTS(keys) - 1)]); break;
        }
    }
    close_list(&l);
}

static void begin(guint seed)
{
    shell = (Shell){.views = g_ptr_array_new(), .beside = g_ptr_array_new()};
    app.ui = &shell;
    dice = g_rand_new_with_seed(seed);
}

static void end(void)
{
    g_rand_free(dice);
    g_ptr_array_unref(shell.views);
    g_ptr_array_unref(shell.beside);
}

Test(signlist, another_order_in_as_many_rows_is_to_be_read_anew)
{
    SignList l = {.data = order_data(NULL), .width = 80};
    View v = {.app = &app, .state = &l};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, seen_free);
    begin(1);
    drafts = drafts_new();
    write_line("o1", g_strdup("alvedon 1g x4 fot"), TRUE);
    read_list(&v);
    look(&l, seen, 30);
    cr_expect(sign_rows_all_shown(&l));
    sign_list_reckon(&v);
    cr_expect(sign_rows_all_shown(&l), "what is the same is not read twice");
    write_line("o1", g_strdup("alvedon 1g x4 arm"), TRUE);
    read_list(&v);
    cr_expect_not(sign_rows_all_shown(&l));
    close_list(&l);
    end();
}

static guint number_of(const char *name, guint otherwise)
{
    const char *text = g_getenv(name);
    return text ? (guint)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

Test(signlist, nothing_unseen_or_changed_is_signed, .timeout = 1200)
{
    guint seed = number_of("ROND_SEED", g_random_int()), runs = number_of("ROND_RUNS", 150);
    Count n = {0};
    begin(seed);
    for (guint i = 0; i < runs; i++)
        run(&n);
    fprintf(stderr, "seed %u: %u lists, %u orders signed, %u times held back, %u times changed meanwhile, %u unseen or changed\n",
            seed, runs, n.signed_, n.held, n.refused, n.wrong);
    cr_assert_eq(n.wrong, 0, "seed %u", seed);
    cr_assert(n.signed_ && n.held && n.refused, "seed %u tried too little", seed);
    end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Commands without a screen: help, configuration, the training reader. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "base/table.h"
#include "base/text.h"
#include "base/xdg.h"
#include "card/training.h"
#include "main/main.h"
#include "main/show.h"

static void start(const CommandLine *cl, Options **ret_options, GPtrArray *problems)
{
    g_autofree char *notice = NULL;
    *ret_options = options_read(cl, problems);
    locale_init(option_text(*ret_options, "ui.language"), &notice);
}

static const struct {
    const char *usage, *text; /* text N_() */
} usage_table[] = {
    {"rond", N_("open rond; without configuration, the training hospital")},
    {"rond övning [B04]", N_("an exercise: the start is set, the end is checked on the core")},
    {"rond config --explain", N_("each option with its value, layer, file and line")},
    {"rond config --example", N_("a commented example of rond.conf")},
    {"rond diag", N_("what rond sees of this machine and of the core, for support; no card is needed")},
    {"rond reset", N_("the training hospital as it was; what was written there is gone")},
    {"rond card list|insert CARD|pull", N_("the training reader: which cards there are, put one in, pull it")},
    {"--lang=sv|en", N_("language of the screen")},
    {"--ascii", N_("draw lines and marks with plain ASCII")},
    {"--mono", N_("no colours (as does NO_COLOR)")},
    {"--config=FILE", N_("another site configuration")},
    {"--help, --version", N_("this text; the version")},
};

void plain_usage(const char *usage, const char *text)
{
    sayf(stdout, "  %s%*s %s\n", usage, MAX(32 - text_width(usage, -1), 0), "", text);
}

int plain_help(const CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    Options *options = NULL;
    start(cl, &options, problems);
    sayf(stdout, "%s\n\n", _("rond: a keyboard-driven workstation for clinicians. NOT FOR CLINICAL USE: nothing in it "
                       "has been reviewed by a clinician yet."));
    for (gsize i = 0; i < G_N_ELEMENTS(usage_table); i++)
        plain_usage(usage_table[i].usage, _(usage_table[i].text));
    show_each_usage(plain_usage);
    sayf(stdout, "\n%s\n", _("Inside rond, ? shows the keys that are valid here and now."));
    options_free(options);
    return 0;
}

int plain_unknown(const char *word, const CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    Options *options = NULL;
    start(cl, &options, problems);
    sayf(stderr, _("rond: “%s” is not understood; see rond --help\n"), word);
    options_free(options);
    return 2;
}

int plain_config(int argc, char **argv, const CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    Options *options = NULL;
    start(cl, &options, problems);
    gboolean example = argc > 1 && strcmp(argv[1], "--example") == 0;
    g_autofree char *text = example ? options_example() : options_explain(options);
    say(stdout, text);
    for (guint i = 0; i < problems->len; i++)
        sayf(stderr, "rond: %s\n", (char *)problems->pdata[i]);
    options_free(options);
    return problems->len ? 1 : 0;
}

static int cards_list(const char *wanted)
{
    g_autofree char *path = data_path("seed/cards.tsv");
    g_autoptr(Table) table = table_load(path, 0, NULL);
    if (!table) {
        sayf(stderr, "rond: %s\n", _("The list of training cards is missing"));
        return 1;
    }
    for (guint i = 0; i < table_rows(table); i++) {
        const char *card = table_cell(table, i, "card");
        if (wanted && strcmp(card, wanted) == 0)
            return 0;
        if (!wanted)
            sayf(stdout, "%s%*s %s %s\n", card, MAX(24 - text_width(card, -1), 0), "", table_cell(table, i, "given"),
                   table_cell(table, i, "family"));
    }
    return wanted ? 1 : 0;
}

int plain_card(int argc, char **argv)
{
    CommandLine none = {0};
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    Options *options = NULL;
    start(&none, &options, problems);
    options_free(options);
    g_autofree char *reader = xdg_runtime_path("reader", &error);
    if (argc > 1 && strcmp(argv[1], "list") == 0)
        return cards_list(NULL);
    if (reader && argc > 1 && strcmp(argv[1], "pull") == 0)
        return training_reader_pull(reader) == 0 ? 0 : 1;
    if (reader && argc > 2 && strcmp(argv[1], "insert") == 0) {
        g_autofree char *card = g_strjoinv(" ", argv + 2); /* a card's name may be two words */
        if (cards_list(card) != 0) {
            sayf(stderr, _("rond: there is no training card “%s”; see rond card list\n"), card);
            return 1;
        }
        return training_reader_insert(reader, card) == 0 ? 0 : 1;
    }
    sayf(stderr, "%s\n", error ? error->message : _("rond card list | insert CARD | pull"));
    return 2;
}

/* ---- manual pages, written from the tables ---- */

static void man_text(const char *s)
{
    for (; *s; s++) {
        if (*s == '\\' || *s == '-')
            putchar('\\');
        putchar(*s);
    }
}

static void man_head(const char *page, const char *section, const char *what)
{
    printf(".TH %s %s \"\" \"rond " ROND_VERSION "\"\n.SH NAMN\n%s \\- %s\n", page, section, page, what);
}

static void man_entry(const char *usage, const char *text)
{
    printf(".TP\n.B ");
    man_text(usage);
    printf("\n");
    man_text(text);
    printf("\n");
}

static void man_rond(void)
{
    man_head("ROND", "1", "arbetsstation för kliniker i terminalen");
    printf(".SH ANVÄNDNING\n");
    for (gsize i = 0; i < G_N_ELEMENTS(usage_table); i++)
        man_entry(usage_table[i].usage, _(usage_table[i].text));
    show_each_usage(man_entry);
    printf(".SH INSTÄLLNINGAR\n");
    for (const Option *o = option_table; o->name; o++) {
        printf(".TP\n.B %s.%s\n", o->group, o->name);
        man_text(_(o->text));
        printf("\n");
    }
}

static void man_command(const Command *c, gpointer data)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    const Keymap *m = data;
    g_auto(GStrv) contexts = keymap_contexts(m);
    for (char **n = contexts; *n; n++) {
        const char *k = keymap_keys_for(m, *n, c->name);
        if (k && !strstr(keys->str, k))
            g_string_append_printf(keys, "%s%s", keys->len ? ", " : "", k);
    }
    printf(".TP\n.B ");
    man_text(c->name);
    printf("%s", keys->len ? "  " : "");
    man_text(keys->str);
    printf("\n");
    man_text(_(c->summary));
    printf("\n");
}

int plain_man(const char *page)
{
    CommandLine none = {.language = "sv"};
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    Options *options = NULL;
    start(&none, &options, problems);
    if (strcmp(page, "rond-keys") == 0) {
        g_autoptr(Keymap) m = keymap_read(options, problems);
        man_head("ROND-KEYS", "5", "tangenter och kommandon i rond");
        printf(".SH KOMMANDON\n");
        command_each(man_command, m);
    } else {
        man_rond();
    }
    options_free(options);
    return 0;
}

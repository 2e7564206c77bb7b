/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-spell with the real dictionaries and rond's own words: what it calls right and wrong, what it offers, and
 * how often it would mark what is right in ordinary Swedish notes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/spellword.h"
#include "base/table.h"
#include "spell/protocol.h"
#include "support/skip.h"

#define SV_SE "/usr/share/hunspell/sv_SE.dic"
#define EN_GB "/usr/share/hunspell/en_GB.dic"

static int fd = -1;
static pid_t pid;
static struct spell_message m;

static gboolean receive(void)
{
    struct pollfd ready = {fd, POLLIN, 0};
    return poll(&ready, 1, 20000) > 0 && recv(fd, &m, sizeof m, 0) == (gssize)sizeof m;
}

/* @names: dictionaries, ended by NULL. With the words that supervise.c names. */
static void begin_with(const char *folder, const char *const *names)
{
    static const char *const texts[] = {"spell/medical.words", "drugs/names.tsv=morfin", "drugs/products.tsv=morfin",
                                        "codes/diagnoses.tsv", "codes/procedures.tsv", "codes/alerts.tsv",
                                        "orderline/tokens.tsv", "vitals/tokens.tsv", "phrases/allmant.phrases"};
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    g_ptr_array_add(argv, g_strdup(ROND_SPELL));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_ptr_array_add(argv, g_strdup("--text"));
        g_ptr_array_add(argv, g_build_filename(g_getenv("ROND_DATA"), texts[i], NULL));
    }
    const char *const last[] = {"--folder", folder, "--fd", "3"};
    for (gsize i = 0; i < G_N_ELEMENTS(last); i++)
        g_ptr_array_add(argv, g_strdup(last[i]));
    for (; *names; names++)
        g_ptr_array_add(argv, g_strdup(*names));
    g_ptr_array_add(argv, NULL);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], 3);
        execv(ROND_SPELL, (char **)argv->pdata);
        _exit(127);
    }
    close(ends[1]);
    fd = ends[0];
    cr_assert(receive());
    cr_assert_eq(m.op, SPELL_HELLO);
}

static void begin(void)
{
    const char *const names[] = {"sv_SE", "en_GB", NULL};
    begin_with("/usr/share/hunspell", names);
    cr_assert_eq(m.count, 2);
}

static gboolean have_dictionaries(void)
{
    return access(SV_SE, R_OK) == 0 && access(EN_GB, R_OK) == 0;
}

static int end(void)
{
    int status;
    close(fd);
    waitpid(pid, &status, 0);
    return status;
}

static void ask(enum spell_op op, const char *const *words, guint n)
{
    static guint32 id;
    memset(&m, 0, sizeof m);
    m.id = ++id;
    m.op = (uint16_t)op;
    m.count = (uint16_t)n;
    for (guint i = 0; i < n; i++)
        g_strlcpy(m.word[i], words[i], SPELL_WORD_BYTES);
    cr_assert_eq(send(fd, &m, sizeof m, MSG_NOSIGNAL), (gssize)sizeof m);
    cr_assert(receive());
    cr_assert_eq(m.id, id);
    cr_assert_eq(m.op, op);
}

static gboolean right(const char *word)
{
    ask(SPELL_CHECK, &word, 1);
    return m.wrong == 0;
}

/* Judges all words of a text; the wrong ones are printed. */
static void judge(const char *text, guint *n, guint *wrong, GHashTable *shown)
{
    gsize at = 0, to = 0, len = strlen(text);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    gboolean more = TRUE;
    while (more) {
        more = spellword_next(text, len, &at, &to);
        if (more)
            g_ptr_array_add(words, spellword_asked(text, len, at, to));
        at = to;
        if (!words->len || (more && words->len < SPELL_BATCH))
            continue;
        ask(SPELL_CHECK, (const char *const *)words->pdata, words->len);
        for (guint i = 0; i < words->len; i++)
            if (m.wrong >> i & 1)
                g_hash_table_add(shown, g_strdup(words->pdata[i]));
        *n += words->len;
        *wrong += (guint)__builtin_popcountll(m.wrong);
        g_ptr_array_set_size(words, 0);
    }
}

static void report(const char *what, guint n, guint wrong, GHashTable *shown)
{
    GHashTableIter iter;
    gpointer word;
    fprintf(stderr, "spelling: %s: %u words, %u marked (%.2f %%):", what, n, wrong, 100.0 * wrong / MAX(n, 1));
    g_hash_table_iter_init(&iter, shown);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        fprintf(stderr, " %s", (char *)word);
    fputc('\n', stderr);
}

static GHashTable *words_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* What a case file makes a patient's notes of; of {a|b} both, other placeholders are no words. */
static char *notes_of(const char *file)
{
    g_autofree char *text = NULL;
    GString *out = g_string_new(NULL);
    gboolean note = FALSE;
    cr_assert(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        if (**l != ' ')
            note = g_str_has_prefix(*l, "anteckning");
        else if (note)
            g_string_append_printf(out, "%s\n", *l + strspn(*l, " #"));
    }
    for (char *brace = out->str; (brace = strchr(brace, '{')) && strchr(brace, '}');) {
        char *close = strchr(brace, '}');
        gboolean words = memchr(brace, '|', (gsize)(close - brace)) != NULL;
        for (char *p = brace; p <= close; p++)
            if (!words || strchr("{|}", *p))
                *p = words ? ' ' : '1';
    }
    return g_string_free(out, FALSE);
}

Test(spell, ordinary_notes_have_few_false_marks, .timeout = 60)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "seed", "cases", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    g_autoptr(GHashTable) shown = words_new();
    guint n = 0, wrong = 0;
    cr_assert_not_null(dir);
    if (!have_dictionaries())
        SKIP_PACKAGE("the dictionaries of hunspell are not installed");
    begin();
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL), *text = notes_of(file);
        judge(text, &n, &wrong, shown);
    }
    report("the training hospital's notes", n, wrong, shown);
    cr_expect_gt(n, 2500);
    cr_expect_leq(wrong * 200, n, "more than one word in 200");

    g_autofree char *sentences = NULL;
    cr_assert(g_file_get_contents(SENTENCES, &sentences, NULL, NULL));
    n = wrong = 0;
    g_hash_table_remove_all(shown);
    judge(sentences, &n, &wrong, shown);
    report("ordinary sentences", n, wrong, shown);
    cr_expect_leq(wrong * 200, n, "more than one word in 200");
    end();
}

Test(spell, what_rond_itself_calls_things_is_right, .timeout = 60)
{
    enum { BRAND = 1, SUBSTANCE = 2, COLUMNS = 14 };
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "drugs", "products.tsv", NULL);
    g_autoptr(Table) t = table_load(path, COLUMNS, NULL);
    g_autofree char *list = g_build_filename(g_getenv("ROND_DATA"), "spell", "medical.words", NULL), *text = NULL;
    cr_assert(g_file_get_contents(list, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) shown = words_new();
    guint n = 0, wrong = 0;
    if (!have_dictionaries())
        SKIP_PACKAGE("the dictionaries of hunspell are not installed");
    cr_assert_not_null(t);
    begin();
    for (guint r = 0; r < table_rows(t); r++)
        for (guint c = BRAND; c <= SUBSTANCE; c++)
            judge(table_row(t, r)[c], &n, &wrong, shown);
    cr_expect(right("furosemidbehandling") && right("klopidogrelet"), "a substance is inflected");
    report("drugs", n, wrong, shown);
    cr_expect_gt(n, 200);
    cr_expect_eq(wrong, 0);
    for (char **l = lines; *l; l++) {
        char *model = strchr(*l, '=');
        if (!**l || **l == '#')
            continue;
        if (model)
            *model++ = '\0';
        cr_expect(right(*l), "%s", *l);
        cr_expect(!model || right(model), "%s is no model", model);
    }
    cr_expect(right("krepitationerna"), "inflected as its model");
    end();
}

Test(spell, what_is_wrong_is_marked_and_the_right_word_offered, .timeout = 60)
{
    g_autoptr(Table) t = table_load(MISSPELT, 2, NULL);
    guint offered = 0, others = 0;
    cr_assert_not_null(t);
    if (!have_dictionaries())
        SKIP_PACKAGE("the dictionaries of hunspell are not installed");
    begin();
    for (guint i = 0; i < table_rows(t); i++) {
        const char *wrong = table_row(t, i)[0];
        gboolean there = FALSE;
        cr_expect(!right(wrong), "%s", wrong);
        ask(SPELL_SUGGEST, &wrong, 1);
        cr_expect_leq(m.count, SPELL_SUGGESTIONS);
        for (guint k = 1; k < m.count; k++)
            cr_expect(!(m.wrong >> (k - 1) & 1) || m.wrong >> k & 1, "%s: “%s” stands behind another language", wrong, m.word[k]);
        cr_expect(m.wrong >> m.count == 0 && (!(m.wrong & 1) || strcmp(wrong, "recieve") == 0), "%s", wrong); /* English, and nothing else */
        others += (guint)__builtin_popcountll(m.wrong);
        for (guint k = 0; k < m.count; k++)
            there = there || strcmp(m.word[k], table_row(t, i)[1]) == 0;
        offered += there ? 1 : 0;
        if (!there)
            fprintf(stderr, "spelling: %s: not offered\n", wrong);
    }
    fprintf(stderr, "spelling: of %u misspelt words the right one was offered for %u\n", table_rows(t), offered);
    cr_expect_geq(offered * 100, table_rows(t) * 90);
    cr_expect_gt(others, 0, "none is told to be English");
    const char *words[] = {"blåvingemetoden", "xyzzyx"};
    cr_expect(!right("xyzzyx"), "it keeps what another session added");
    ask(SPELL_ADD, words, 2);
    cr_expect(right("xyzzyx") && right("Blåvingemetoden"));
    end();
}

Test(spell, without_dictionaries_it_says_which, .timeout = 60)
{
    const char *const none[] = {"sv_SE", "en_GB", NULL}, *const odd[] = {"../sv_SE", NULL};
    begin_with("/nonexistent", none);
    cr_expect_eq(m.count, 0);
    cr_expect_str_eq(m.word[0], "sv_SE");
    cr_expect_str_eq(m.word[1], "en_GB");
    cr_expect(!right("ord"));
    end();
    begin_with("/nonexistent", odd);
    cr_expect_eq(m.count, 0);
    end();
}

Test(spell, what_is_no_message_ends_it, .timeout = 60)
{
    const char *const none[] = {NULL};
    for (guint i = 0; i < 3; i++) {
        begin_with("/nonexistent", none);
        memset(&m, 0xff, sizeof m); /* words without an end, letters that are none: answered */
        if (i == 0)
            cr_assert(send(fd, &m, sizeof m, 0) > 0 && receive());
        else
            cr_assert(send(fd, &m, i == 1 ? 5 : sizeof m - 1, 0) > 0);
        int status = end();
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == (i == 0 ? 0 : 1), "%x", (unsigned)status);
    }
}

static char *status_line(const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid), *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    const char *at = strstr(text, name);
    return at ? g_strndup(at, strcspn(at, "\n")) : g_strdup("");
}

Test(spell, it_is_sealed_before_it_sees_a_word, .timeout = 60)
{
    const char *const none[] = {NULL};
    begin_with("/nonexistent", none);
    g_autofree char *seccomp = status_line("Seccomp:"), *privileges = status_line("NoNewPrivs:");
    g_autofree char *path = g_strdup_printf("/proc/%d/limits", (int)pid), *limits = NULL;
    cr_expect_str_eq(seccomp, "Seccomp:\t2");
    cr_expect_str_eq(privileges, "NoNewPrivs:\t1");
    cr_assert(g_file_get_contents(path, &limits, NULL, NULL));
    const char *core = strstr(limits, "Max core file size");
    cr_expect(core && g_str_has_prefix(core + strlen("Max core file size"), "        0 "), "%.60s", core);
    end();
}

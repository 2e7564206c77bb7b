/* SPDX-License-Identifier: GPL-3.0-or-later
 * Documents set in pages with the real fonts: whose it is and which page stands on each, the text is the text,
 * and nothing in it can pass for a head. The program itself is asked over its socket, sealed off as it is. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "print/printed.h"

#define NAME "Öberg, Sven-Åke"
#define NUMBER "19480930-1551"

static GVariant *document(const char *name, const char *const *marks, const char *text)
{
    GVariantBuilder blocks;
    static const char *const none[] = {NULL};
    g_variant_builder_init(&blocks, G_VARIANT_TYPE("a(ys)"));
    g_variant_builder_add(&blocks, "(ys)", PRINT_HEADING, "Daganteckning");
    g_variant_builder_add(&blocks, "(ys)", PRINT_TEXT, text);
    return g_variant_ref_sink(g_variant_new("(sss^assssa(ys))", name, NUMBER, "Daganteckning", marks ? marks : none,
                                            "Uttagen av Lind Eva", "Sida", "av", &blocks));
}

static Printed print(const char *name, const char *const *marks, const char *text)
{
    g_autoptr(GVariant) d = document(name, marks, text);
    return printed(d);
}

static char *lines(guint n, const char *line)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(out, "%u %s\n", i, line);
    return g_string_free(out, FALSE);
}

/* ---- each page ---- */

Test(print, name_number_page_and_marks_stand_on_every_page)
{
    static const char *const marks[] = {"ÖVNING – ej för kliniskt bruk", "UTKAST – OSIGNERAD", "SKYDDADE PERSONUPPGIFTER", NULL};
    g_autofree char *text = lines(200, "mår bättre");
    Printed p = print(NAME, marks, text);
    cr_assert_eq(p.status, PRINT_OK);
    cr_assert_geq(p.pages.pages, 4);
    g_autofree char *pdf = pdf_words(p.pdf);
    g_auto(GStrv) read = g_strsplit(pdf ? pdf : "", "\f", -1);
    cr_assert_eq(g_strv_length(read), p.pages.pages + 1, "pdftotext sees %u pages", g_strv_length(read));
    for (guint n = 0; n < p.pages.pages; n++) {
        g_autofree char *page = printed_words(p.pages.rows, n);
        g_autofree char *number = g_strdup_printf("Sida %u av %u", n + 1, p.pages.pages);
        const char *const wanted[] = {NAME, NUMBER, number, "Daganteckning", marks[0], marks[1], marks[2], "Uttagen av Lind Eva"};
        for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
            cr_assert(strstr(page, wanted[i]), "page %u lacks %s", n + 1, wanted[i]);
            cr_assert(strstr(read[n], wanted[i]), "page %u of the PDF lacks %s", n + 1, wanted[i]);
        }
    }
    printed_clear(&p);
}

/* What goes on there is said at its top, on each page until it ends. */
Test(print, a_page_that_struck_text_goes_on_to_says_so)
{
    static const char *const none[] = {NULL};
    GVariantBuilder blocks;
    g_autofree char *long_one = lines(130, "gäller inte"), *other = lines(70, "gäller");
    const struct {
        enum print_kind kind;
        const char *text;
    } rows[] = {{PRINT_HEADING, "Anteckning 1 · MAKULERAD"}, {PRINT_RUNNING, "MAKULERAD: Anteckning 1\n\x1b[2J \U00012000"}, {PRINT_TEXT, long_one},
                {PRINT_RUNNING, ""}, {PRINT_HEADING, "Anteckning 2"}, {PRINT_TEXT, other}};
    g_variant_builder_init(&blocks, G_VARIANT_TYPE("a(ys)"));
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_variant_builder_add(&blocks, "(ys)", rows[i].kind, rows[i].text);
    g_autoptr(GVariant) d = g_variant_ref_sink(g_variant_new("(sss^assssa(ys))", NAME, NUMBER, "Anteckningar", none, "Uttagen", "Sida", "av", &blocks));
    Printed p = printed(d);
    cr_assert_eq(p.status, PRINT_OK);
    cr_assert_geq(p.pages.pages, 4);
    cr_assert_eq(p.pages.missing, 0, "its signs are counted where they stand first");
    for (guint n = 0; n < p.pages.pages; n++) {
        g_autofree char *page = printed_words(p.pages.rows, n);
        gboolean goes_on = n == 1 || n == 2, any = strstr(page, "gäller inte") != NULL;
        cr_assert(!any || strstr(page, "MAKULERAD"), "page %u does not say what it is: %s", n + 1, page);
        cr_assert_eq(strstr(page, "MAKULERAD: Anteckning 1") != NULL, goes_on, "page %u: %s", n + 1, page);
        cr_assert_eq(any, n <= 2, "page %u", n + 1);
        cr_assert_null(strstr(page, "\x1b"));
    }
    printed_clear(&p);
}

Test(print, a_long_name_takes_neither_the_number_nor_the_page)
{
    g_autofree char *name = g_strnfill(400, 'W');
    Printed p = print(name, NULL, "kort");
    g_autofree char *page = printed_words(p.pages.rows, 0);
    g_auto(GStrv) rows = g_strsplit(page, "\n", 2);
    cr_assert(strstr(rows[0], NUMBER) && strstr(rows[0], "Sida 1 av 1"));
    cr_assert_leq(text_width(rows[0], -1), PRINT_COLUMNS);
    printed_clear(&p);
}

/* ---- hostile text ---- */

Test(print, no_sign_of_the_text_is_obeyed)
{
    Printed p = print("Ö\nSida 9 av 9\x1b[2J", NULL, "a\u202ebc\u2066d\x1b[31m\x07\re\u200bf\ufeffg\xc2\x9b");
    for (guint n = 0; n < p.pages.pages; n++) {
        g_autofree char *page = printed_words(p.pages.rows, n);
        g_auto(GStrv) rows = g_strsplit(page, "\n", -1);
        for (char **r = rows; *r; r++)
            cr_assert(text_is_safe(*r, -1, FALSE), "row “%s”", *r);
        cr_assert(strstr(rows[0], NUMBER), "the name has made a row of its own");
    }
    printed_clear(&p);
}

/* A text may say what it likes: the head is above the line, of its own kind, and there once. */
Test(print, a_head_in_the_text_is_text)
{
    Printed p = print(NAME, NULL, "Annan, Person  18950915-9811      Sida 1 av 1\n──────────\nUTKAST");
    g_autoptr(GVariant) page = g_variant_get_child_value(p.pages.rows, 0);
    guint heads = 0;
    for (gsize i = 0; i < g_variant_n_children(page); i++) {
        guint8 kind, soft;
        const char *text;
        g_variant_get_child(page, i, "(yy&s)", &kind, &soft, &text);
        heads += kind == PRINT_HEAD;
        cr_assert(!strstr(text, "18950915") || kind == PRINT_TEXT);
    }
    cr_assert_eq(heads, 3); /* name, title, rule */
    printed_clear(&p);
}

/* ---- the text is the text ---- */

Test(print, lines_tables_and_long_words_come_out_as_they_were)
{
    g_autofree char *word = g_strnfill(300, 'x'), *many = lines(70, "BT 132/84  │  SpO₂ 97 %  Ingen dyspné, ej smärtpåverkad, inte heller illamående i natt");
    g_autofree char *text = g_strdup_printf("Tid    | BT     | Puls\n-------+--------+-----\n07:10  | 132/84 |   88\n\n   - indraget\n%s\n%s%s", word,
                                            many, "A\u030a o\u0308 q\u0323\u0307 10\u202f000 IE");
    g_autofree char *want = text_nfc(text);
    Printed p = print(NAME, NULL, text);
    g_autofree char *have = printed_words(p.pages.rows, G_MAXUINT);
    cr_assert_str_eq(have, want);
    cr_assert_eq(p.pages.missing, 0);
    cr_assert(pdf_says_the_same(&p), "the PDF says something else than its pages");
    printed_clear(&p);
}

Test(print, signs_that_no_font_has_are_counted)
{
    Printed p = print(NAME, NULL, "Svar: \U00012000 och \U00012001");
    cr_assert_eq(p.pages.missing, 2);
    printed_clear(&p);
    p = print(NAME, NULL, "Svar: åäö ≥ 10⁹ µmol");
    cr_assert_eq(p.pages.missing, 0);
    printed_clear(&p);
}

Test(print, too_much_and_what_is_no_document_is_refused)
{
    g_autofree char *much = lines(PRINT_MAX_PAGES * PRINT_ROWS, "x");
    Printed p = print(NAME, NULL, much);
    cr_assert_eq(p.status, PRINT_TOO_LONG);
    printed_clear(&p);
    guint8 noise[64];
    for (gsize i = 0; i < sizeof noise; i++)
        noise[i] = (guint8)(i * 37 + 11);
    g_autoptr(GBytes) bytes = g_bytes_new(noise, sizeof noise);
    g_autoptr(GVariant) bad = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PRINT_DOCUMENT_TYPE), bytes, FALSE));
    p = printed(bad);
    cr_assert_eq(p.status, PRINT_BAD_DOCUMENT);
    printed_clear(&p);
}

/* ---- the program ---- */

static pid_t start(int *ret_fd)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 3);
        execl(ROND_PRINT, ROND_PRINT, NULL);
        _exit(127);
    }
    close(ends[1]);
    *ret_fd = ends[0];
    return pid;
}

static void ask(int socket, guint32 id, int fds[PRINT_FDS])
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * PRINT_FDS)];
    } control = {0};
    struct print_request request = {.id = id};
    struct iovec part = {&request, sizeof request};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int) * PRINT_FDS);
    memcpy(CMSG_DATA(h), fds, sizeof(int) * PRINT_FDS);
    cr_assert_eq(sendmsg(socket, &m, 0), (gssize)sizeof request);
}

Test(print, the_program_sets_one_document_after_another_and_ends_with_its_session, .timeout = 20)
{
    int socket, status;
    pid_t pid = start(&socket);
    for (guint32 id = 1; id <= 2; id++) {
        g_autoptr(GVariant) d = document(NAME, NULL, "mår bättre");
        int fds[PRINT_FDS];
        struct print_reply reply;
        for (int i = 0; i < PRINT_FDS; i++)
            fds[i] = memfd_create("x", MFD_CLOEXEC);
        cr_assert_eq(write(fds[PRINT_DOCUMENT_FD], g_variant_get_data(d), g_variant_get_size(d)), (gssize)g_variant_get_size(d));
        ask(socket, id, fds);
        cr_assert_eq(recv(socket, &reply, sizeof reply, 0), (gssize)sizeof reply);
        cr_assert(reply.id == id && reply.status == PRINT_OK && reply.pages == 1, "status %u", reply.status);
        char head[5] = "";
        cr_assert_eq(pread(fds[PRINT_PDF_FD], head, 4, 0), 4);
        cr_assert_str_eq(head, "%PDF");
        for (int i = 0; i < PRINT_FDS; i++)
            close(fds[i]);
    }
    close(socket);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * The training reader and rond-reader on it; and rond-reader without a card service. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card-client.h"
#include "card/training.h"

static char dir[] = "/tmp/reader-XXXXXX", path[64];
static CardClient c;

static void make_dir(void) {
    cr_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/reader", dir);
}

static void remove_dir(void) {
    char lock[80];
    snprintf(lock, sizeof lock, "%s.lock", path);
    unlink(lock);
    unlink(path);
    rmdir(dir);
}

TestSuite(training_reader, .timeout = 20, .init = make_dir, .fini = remove_dir);

Test(training_reader, remembers_the_card_and_counts) {
    TrainingReader r;

    cr_assert_eq(training_reader_state(path, &r), 0);
    cr_assert(!r.present && r.counter == 0);
    cr_assert_eq(training_reader_insert(path, "medicinsk sekreterare"), 0);
    cr_assert_eq(training_reader_state(path, &r), 0);
    cr_assert(r.present && r.counter == 1);
    cr_assert_str_eq(r.label, "medicinsk sekreterare");
    cr_assert_eq(training_reader_pull(path), 0);
    training_reader_state(path, &r);
    cr_assert(!r.present && r.counter == 2);
}

Test(training_reader, refuses_what_is_no_label) {
    cr_assert_eq(training_reader_insert(path, ""), -1);
    cr_assert_eq(training_reader_insert(path, "a\tb"), -1);
    cr_assert_eq(training_reader_insert(path, "a\nb"), -1);
    cr_assert_eq(training_reader_insert(path, "123456789012345678901234567890123"), -1);
    cr_assert_eq(training_reader_insert(path, "12345678901234567890123456789012"), 0);
}

Test(training_reader, damaged_file_is_an_error_until_the_next_change) {
    static const char *const damaged[] = {"", "7", "7\tlabel", "x\tlabel\n",
                                          "1\t1234567890123456789012345678901234567890\n"};
    TrainingReader r;

    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        FILE *out = fopen(path, "w");
        fputs(damaged[i], out);
        fclose(out);
        cr_assert_eq(training_reader_state(path, &r), -1, "%zu", i);
        cr_assert_eq(errno, EBADMSG);
    }
    cr_assert_eq(training_reader_pull(path), 0);
    cr_assert_eq(training_reader_state(path, &r), 0);
}

static struct reader_event next(void) {
    struct reader_event event;
    cr_assert(client_event(&c, &event, 3000));
    return event;
}

Test(training_reader, watch_tells_the_start_and_each_change) {
    struct reader_event e;
    uint32_t before;

    client_start(&c, ROND_READER, (const char *const[]){"--training", path, NULL});
    e = next();
    cr_assert(!e.present && e.state == READER_READY);
    before = e.counter;
    training_reader_insert(path, "läkare");
    e = next();
    cr_assert(e.present && e.counter != before);
    cr_assert_str_eq(e.token_label, "läkare");
    before = e.counter;
    training_reader_insert(path, "support"); /* a quick swap */
    e = next();
    cr_assert(e.present && e.counter != before);
    cr_assert_str_eq(e.token_label, "support");
    training_reader_pull(path);
    e = next();
    cr_assert(!e.present);
    cr_assert_str_eq(e.token_label, "");
    cr_assert(!client_event(&c, &e, 100), "told twice");
    client_end(&c, true);
}

Test(training_reader, watch_starts_with_the_card_that_is_in) {
    struct reader_event e;
    training_reader_insert(path, "läkare");
    client_start(&c, ROND_READER, (const char *const[]){"--training", path, NULL});
    e = next();
    cr_assert(e.present && e.counter == 1);
    client_end(&c, true);
}

Test(training_reader, watch_says_when_there_is_no_card_service) {
    struct reader_event e;
    setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1);
    client_start(&c, ROND_READER, (const char *const[]){NULL});
    e = next();
    cr_assert_eq(e.state, READER_NO_SERVICE);
    cr_assert(!e.present);
    cr_assert(!client_event(&c, &e, 1500), "told twice");
    client_end(&c, true);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-spell: says which words are spelt wrong and what was perhaps meant, in a process of its own. It reads
 * its dictionaries, then gives up files, network and all else, and only then sees a word that somebody
 * wrote. It keeps none of them. */
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/started-by.h"
#include "spell/judge.h"
#include "super/sandbox.h"

/* Nobody waits so long for an answer; what goes on for ever ends itself. */
#define ANSWER_WITHIN_S 20
#define LOADED_WITHIN_S 120

static struct spell_message message;

/* One of the --text arguments: FILE or FILE=MODEL. */
static void read_text(Judge *j, const char *argument) {
    char path[512];
    const char *model = strchr(argument, '=');

    snprintf(path, sizeof path, "%.*s", (int)(model ? (size_t)(model - argument) : strlen(argument)), argument);
    judge_read(j, path, model ? model + 1 : NULL);
}

static void say_hello(Judge *j, const char *folder, char **names) {
    int missing = 0;

    message = (struct spell_message){.op = SPELL_HELLO};
    for (; *names; names++)
        if (!judge_load(j, folder, *names) && missing < SPELL_BATCH)
            snprintf(message.word[missing++], SPELL_WORD_BYTES, "%s", *names);
    message.count = (uint16_t)judge_dictionaries(j);
}

static void answer(Judge *j) {
    int count = message.count < SPELL_BATCH ? message.count : SPELL_BATCH;
    char asked[SPELL_WORD_BYTES];

    for (int i = 0; i < SPELL_BATCH; i++)
        message.word[i][SPELL_WORD_BYTES - 1] = '\0';
    message.wrong = 0;
    switch (message.op) {
    case SPELL_CHECK:
        for (int i = 0; i < count; i++)
            if (!judge_right(j, message.word[i]))
                message.wrong |= UINT64_C(1) << i;
        break;
    case SPELL_SUGGEST:
        memcpy(asked, message.word[0], sizeof asked);
        memset(message.word, 0, sizeof message.word);
        message.count = (uint16_t)judge_suggest(j, asked, message.word, SPELL_SUGGESTIONS, &message.wrong);
        explicit_bzero(asked, sizeof asked);
        break;
    case SPELL_ADD:
        for (int i = 0; i < count; i++)
            judge_add(j, message.word[i], NULL);
        break;
    default:
        message.count = 0;
        break;
    }
}

/* Until the session is gone. */
static int serve(Judge *j, int fd) {
    for (;;) {
        ssize_t n = recv(fd, &message, sizeof message, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != (ssize_t)sizeof message)
            return n == 0 ? 0 : 1;
        alarm(ANSWER_WITHIN_S);
        answer(j);
        alarm(0);
        n = send(fd, &message, sizeof message, MSG_NOSIGNAL);
        explicit_bzero(&message, sizeof message);
        if (n < 0)
            return 0;
    }
}

static int usage(void) {
    fputs("usage: rond-spell --fd N --folder DIR [--text FILE[=MODEL]]... DICTIONARY...\n", stderr);
    return 2;
}

int main(int argc, char **argv) {
    const char *folder = "/usr/share/hunspell";
    int fd = -1, i = 1;
    Judge *j = judge_new();

    setlocale(LC_CTYPE, "C.UTF-8");
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2)
        if (strcmp(argv[i], "--fd") == 0)
            fd = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--folder") == 0)
            folder = argv[i + 1];
        else if (strcmp(argv[i], "--text") != 0)
            return usage();
    if (fd < 0 || !j)
        return usage();
    if (started_by_other("rond-spell"))
        return EXIT_OTHER_VERSION;
    alarm(LOADED_WITHIN_S);
    say_hello(j, folder, argv + i);
    for (int k = 1; k < i; k += 2)
        if (strcmp(argv[k], "--text") == 0)
            read_text(j, argv[k + 1]);
    if (sandbox_apply(SANDBOX_SPELL, NULL, NULL, NULL) < 0) {
        fprintf(stderr, "rond-spell: cannot be sealed: %s\n", strerror(errno));
        return 1;
    }
    alarm(0);
    if (send(fd, &message, sizeof message, MSG_NOSIGNAL) < 0)
        return 0;
    int result = serve(j, fd);
    judge_free(j);
    return result;
}

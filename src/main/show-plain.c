/* SPDX-License-Identifier: GPL-3.0-or-later
 * The command line of rond show: which list, which patient, and the exit code that says what was found. */
#include "main/show.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/say.h"

void show_each_usage(void (*fn)(const char *usage, const char *text))
{
    for (const ShowList *l = show_table; l->name; l++) {
        g_autofree char *usage = g_strdup_printf("rond show %s%s", l->name, l->of_patient ? " PATIENT" : "");
        fn(usage, _(l->text));
    }
}

static const ShowList *list_named(const char *name)
{
    for (const ShowList *l = show_table; name && l->name; l++)
        if (strcmp(l->name, name) == 0 || strcmp(l->english, name) == 0)
            return l;
    return NULL;
}

static gboolean read_request(ShowRequest *r, int argc, char **argv)
{
    g_autoptr(GString) patient = g_string_new(NULL);
    r->list = list_named(argc > 1 ? argv[1] : NULL);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--uppdrag") == 0 && i + 1 < argc)
            r->commission = argv[++i];
        else if (g_str_has_prefix(argv[i], "--uppdrag="))
            r->commission = argv[i] + strlen("--uppdrag=");
        else
            g_string_append_printf(patient, "%s%s", patient->len ? " " : "", argv[i]);
    }
    r->patient = g_strdup(patient->str);
    return r->list && r->list->of_patient == (patient->len > 0);
}

static int explain(const CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *notice = NULL;
    Options *options = options_read(cl, problems);
    locale_init(option_text(options, "ui.language"), &notice);
    sayf(stdout, "%s\n", _("These lists can be shown (PATIENT: name or number; --uppdrag HSA-ID: the assignment):"));
    show_each_usage(plain_usage);
    options_free(options);
    return SHOW_USAGE;
}

int plain_show(int argc, char **argv, CommandLine *cl)
{
    ShowRequest request = {0};
    struct termios terminal;
    gboolean tty = tcgetattr(STDIN_FILENO, &terminal) == 0;
    if (!read_request(&request, argc, argv)) {
        g_free(request.patient);
        return explain(cl);
    }
    /* The session's exit code says how it ended, not what it found: that comes this way. */
    request.result = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (request.result == MAP_FAILED) {
        perror("rond");
        g_free(request.patient);
        return SHOW_FAILED;
    }
    cl->show = &request;
    int code = supervise(cl);
    if (tty)
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal); /* an end while the PIN was typed */
    code = code ? code : *request.result;
    munmap(request.result, sizeof(int));
    g_free(request.patient);
    return code;
}

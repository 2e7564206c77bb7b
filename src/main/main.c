/* SPDX-License-Identifier: GPL-3.0-or-later
 * The door: reads the command line with nothing but libc, so that the supervisor can fork before any
 * library is set up; everything else is one row in a table. */
#include <stdio.h>
#include <string.h>

#include "main/diag.h"
#include "main/hospital.h"
#include "main/main.h"
#include "main/show.h"

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv, CommandLine *cl);
} Subcommand;

static int run_session(int argc, char **argv, CommandLine *cl)
{
    (void)argc;
    (void)argv;
    return supervise(cl);
}

static int run_exercise(int argc, char **argv, CommandLine *cl)
{
    cl->exercise = argc > 1 ? argv[1] : "";
    return supervise(cl);
}

static int run_config(int argc, char **argv, CommandLine *cl)
{
    return plain_config(argc, argv, cl);
}

static int run_card(int argc, char **argv, CommandLine *cl)
{
    (void)cl;
    return plain_card(argc, argv);
}

static int run_man(int argc, char **argv, CommandLine *cl)
{
    (void)cl;
    return plain_man(argc > 1 ? argv[1] : "rond");
}

static int run_reset(int argc, char **argv, CommandLine *cl)
{
    (void)argc;
    (void)argv;
    return hospital_reset(cl);
}

static const Subcommand subcommands[] = {
    {"övning", run_exercise}, {"ovning", run_exercise}, {"exercise", run_exercise},
    {"show", plain_show},     {"visa", plain_show},
    {"config", run_config},   {"card", run_card},       {"--man", run_man},
    {"diag", plain_diag},     {"reset", run_reset},     {"återställ", run_reset},
};

/* One row an option: help, completion and man page are written from it (plain.c). */
static int option_take(CommandLine *cl, int argc, char **argv, int i)
{
    if (strcmp(argv[i], "--ascii") == 0)
        return cl->ascii = 1;
    if (strcmp(argv[i], "--mono") == 0)
        return cl->mono = 1;
    if (strncmp(argv[i], "--lang=", 7) == 0)
        return (cl->language = argv[i] + 7) != NULL;
    if (strncmp(argv[i], "--config=", 9) == 0)
        return (cl->config = argv[i] + 9) != NULL;
    (void)argc;
    return 0;
}

int main(int argc, char **argv)
{
    CommandLine cl = {.program = argv[0], .argv = argv};
    int i = 1;
    while (i < argc && option_take(&cl, argc, argv, i))
        i++;
    if (i == argc)
        return run_session(0, NULL, &cl);
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
        return plain_help(&cl);
    if (strcmp(argv[i], "--version") == 0) {
        puts("rond " ROND_VERSION);
        return 0;
    }
    for (size_t k = 0; k < sizeof subcommands / sizeof *subcommands; k++)
        if (strcmp(argv[i], subcommands[k].name) == 0)
            return subcommands[k].run(argc - i, argv + i, &cl);
    return plain_unknown(argv[i], &cl);
}

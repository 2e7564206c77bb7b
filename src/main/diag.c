/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/diag.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/say.h"
#include "base/text.h"
#include "base/xdg.h"
#include "card/training.h"

enum { WHAT_COLUMNS = 26, LEAST_ROWS = 24, LEAST_COLS = 80, LOCKED_LEAST = 64 * 1024 };

static guint faults;

void diag_say(DiagState state, const char *what, const char *format, ...)
{
    static const char *const words[] = {N_("OK"), N_("NOTE"), N_("FAULT")};
    const char *word = _(words[state]);
    va_list ap;
    va_start(ap, format);
    g_autofree char *words_of_others = g_strdup_vprintf(format, ap);
    g_autofree char *line = text_sanitise(words_of_others, -1, FALSE); /* nobody's words make a row of their own */
    va_end(ap);
    faults += state == DIAG_FAULT;
    sayf(stdout, "%s%*s %s%*s %s\n", word, MAX(4 - text_width(word, -1), 0), "", what,
           MAX(WHAT_COLUMNS - text_width(what, -1), 0), "", line);
}

static void say_terminal(const Options *options, const char *notice)
{
    struct winsize size = {0};
    const char *term = g_getenv("TERM");
    gboolean tty = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    gboolean usable = term && *term && strcmp(term, "dumb") != 0;
    diag_say(usable ? DIAG_OK : DIAG_FAULT, _("terminal"), "TERM=%s, ui.colour=%s", term ? term : "",
             option_text(options, "ui.colour"));
    if (!tty)
        diag_say(DIAG_NOTE, _("terminal size"), "%s", _("not known: this is not written to a terminal"));
    else
        diag_say(size.ws_row < LEAST_ROWS || size.ws_col < LEAST_COLS ? DIAG_FAULT : DIAG_OK, _("terminal size"),
                 _("%u×%u; at least %d×%d is needed"), size.ws_col, size.ws_row, LEAST_COLS, LEAST_ROWS);
    diag_say(notice ? DIAG_NOTE : DIAG_OK, _("character set"), "%s", notice ? _(notice) : _("as the terminal says"));
}

static void say_swap(void)
{
    g_autofree char *swaps = NULL, *where = NULL;
    if (!g_file_get_contents("/proc/swaps", &swaps, NULL, NULL)) {
        diag_say(DIAG_NOTE, _("swap"), "%s", _("not known: the system does not say"));
        return;
    }
    DiagState state = swap_judge(swaps, "/sys", &where);
    if (!where)
        diag_say(DIAG_OK, _("swap"), "%s", _("none"));
    else
        diag_say(state, _("swap"),
                 state == DIAG_FAULT  ? _("%s is not encrypted: patient data in memory may be left on the disk")
                 : state == DIAG_NOTE ? _("%s is a file: encrypted only if its disk is")
                                      : _("%s is encrypted"), where);
}

/* Keys and PIN lie in memory that is never swapped out; without room for it there is no login. */
static void say_locked_memory(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
        return;
    if (limit.rlim_cur == RLIM_INFINITY)
        diag_say(DIAG_OK, _("locked memory"), "%s", _("no limit"));
    else
        diag_say(limit.rlim_cur < LOCKED_LEAST ? DIAG_FAULT : DIAG_OK, _("locked memory"), "%lu KiB",
                 (unsigned long)(limit.rlim_cur / 1024));
}

static void say_card(const Options *options)
{
    gboolean training = profile_is_training(options);
    const char *module = training ? training_module() : option_text(options, "card.module");
    if (!module || !*module)
        diag_say(DIAG_FAULT, _("card module"), "%s", training ? _("SoftHSM is not installed") : _("card.module is not set"));
    else
        diag_say(access(module, R_OK) == 0 ? DIAG_OK : DIAG_FAULT, _("card module"), "%s", module);
    if (training)
        diag_say(DIAG_OK, _("card reader"), "%s", _("the training reader"));
    else
        diag_say(access("/run/pcscd/pcscd.comm", F_OK) == 0 ? DIAG_OK : DIAG_FAULT, _("card reader"), "%s",
                 access("/run/pcscd/pcscd.comm", F_OK) == 0 ? _("the reader service runs")
                                                            : _("the reader service (pcscd) does not run"));
}

static void say_places(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *state = xdg_state_path(NULL, &error), *run = error ? NULL : xdg_runtime_path(NULL, &error);
    if (error)
        diag_say(DIAG_FAULT, _("own folders"), "%s", error->message);
    else
        diag_say(DIAG_OK, _("own folders"), "%s %s", state, run);
}

static void say_configuration(const Options *options, GPtrArray *problems)
{
    keymap_free(keymap_read(options, problems));
    for (guint i = 0; i < problems->len; i++)
        diag_say(DIAG_FAULT, _("configuration"), "%s", (const char *)problems->pdata[i]);
    if (problems->len == 0)
        diag_say(DIAG_OK, _("configuration"), "%s", _("no fault in options or keys"));
}

/* From here on it is as in a session: what the core is asked with is sealed off in the same way. */
static void say_sandbox(const Options *options)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    SandboxState got = session_sandbox(options, problems);
    gboolean sealed = problems->len == 0;
    diag_say(sealed ? DIAG_OK : DIAG_FAULT, _("sandbox"), _("system calls: %s, files: %s"),
             got.seccomp ? _("limited") : _("not limited"), got.landlock ? _("limited") : _("not limited"));
}

int plain_diag(int argc, char **argv, CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL;
    Options *options = options_read(cl, problems);
    (void)argc;
    (void)argv;
    locale_init(option_text(options, "ui.language"), &notice);
    if (!clock_init(&error))
        g_ptr_array_add(problems, g_strdup(error->message));
    diag_say(DIAG_OK, "rond", ROND_VERSION);
    say_configuration(options, problems);
    say_terminal(options, notice);
    say_places();
    say_swap();
    say_locked_memory();
    say_card(options);
    fflush(stdout);
    say_sandbox(options);
    diag_core(options);
    options_free(options);
    return faults ? 1 : 0;
}

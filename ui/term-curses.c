/* SPDX-License-Identifier: GPL-3.0-or-later
 * The only file that knows curses, and curses only computes: it writes its bytes into memory, from
 * where they go to the terminal without waiting, a frame in one write where the terminal takes it.
 * A hung line or Ctrl-S can therefore never stop the main loop. */
#include "ui/term-impl.h"
#include "ui/term-trim.h"
#include "ui/theme.h"

#include <glib/gi18n.h>
#include <glib-unix.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

/* curses last: it claims many short names */
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

typedef struct {
    Term base;
    int fd;         /* the terminal, our own open description where possible */
    gboolean own_fd;
    int old_flags;  /* of fd 0, when it is shared */
    struct termios saved;
    int sink;       /* memory that curses writes to */
    FILE *out, *in;
    SCREEN *screen;
    GByteArray *queue; /* what the terminal has not taken yet */
    guint writer;
    gboolean line_set; /* it draws lines in a character set of their own */
    gboolean whole_rows; /* it puts rows in and takes them out */
    short pairs[STYLE_ROLES];
    int at;          /* the row where the cursor is */
    int others;      /* rows drawn in this frame beside it */
    int last_drawn;
    gboolean erased, written; /* what was drawn in it: blanks only, or more */
} TermCurses;

/* ---- bytes out ---- */

static gboolean queue_write(TermCurses *c)
{
    while (c->queue->len > 0) {
        ssize_t n = write(c->fd, c->queue->data, c->queue->len);
        if (n > 0)
            g_byte_array_remove_range(c->queue, 0, (guint)n);
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && errno == EAGAIN)
            return FALSE;
        else
            g_byte_array_set_size(c->queue, 0); /* the terminal is gone; input says so */
    }
    return TRUE;
}

static gboolean on_writable(int fd, GIOCondition condition, gpointer data)
{
    TermCurses *c = data;
    if (!queue_write(c))
        return G_SOURCE_CONTINUE;
    c->writer = 0;
    if (c->base.drained)
        c->base.drained(c->base.drained_data);
    return G_SOURCE_REMOVE;
}

/* Moves what curses wrote from memory to the queue and as much as possible to the terminal. */
static void sink_drain(TermCurses *c)
{
    fflush(c->out);
    off_t n = lseek(c->sink, 0, SEEK_END);
    if (n > 0) {
        guint old = c->queue->len;
        g_byte_array_set_size(c->queue, old + (guint)n);
        ssize_t got = pread(c->sink, c->queue->data + old, (size_t)n, 0);
        guint kept = (guint)MAX(got, 0);
        c->line_set = c->line_set || memmem(c->queue->data + old, kept, "\033(0", 3);
        kept = term_trim(&(TermTrim){LINES, c->line_set, c->whole_rows}, c->queue->data + old, kept);
        g_byte_array_set_size(c->queue, old + kept);
        if (ftruncate(c->sink, 0) == 0)
            lseek(c->sink, 0, SEEK_SET);
    }
    if (!queue_write(c) && c->writer == 0)
        c->writer = g_unix_fd_add(c->fd, G_IO_OUT, on_writable, c);
}

static void send_bytes(TermCurses *c, const char *bytes)
{
    g_byte_array_append(c->queue, (const guint8 *)bytes, (guint)strlen(bytes));
}

/* ---- drawing ---- */

static void curses_size(const Term *t, int *ret_rows, int *ret_cols)
{
    *ret_rows = LINES;
    *ret_cols = COLS;
}

static void read_size(const TermCurses *c, int *rows, int *cols)
{
    struct winsize w;
    if (ioctl(c->fd, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
        *rows = w.ws_row;
        *cols = w.ws_col;
    }
}

static gboolean curses_resize(Term *t)
{
    TermCurses *c = (TermCurses *)t;
    int rows = LINES, cols = COLS;
    read_size(c, &rows, &cols);
    if (rows == LINES && cols == COLS)
        return FALSE;
    resizeterm(rows, cols); /* the KEY_RESIZE it queues is never read: we read the bytes ourselves */
    return TRUE;
}

/* Lines go through curses' own table, which knows terminals that draw them another way. */
static const cchar_t *line_cell(const char *text)
{
    switch (g_utf8_get_char(text)) {
    case 0x2500:
        return WACS_HLINE;
    case 0x2502:
        return WACS_VLINE;
    case 0x250c:
        return WACS_ULCORNER;
    case 0x2510:
        return WACS_URCORNER;
    case 0x2514:
        return WACS_LLCORNER;
    case 0x2518:
        return WACS_LRCORNER;
    case 0x251c:
        return WACS_LTEE;
    case 0x2524:
        return WACS_RTEE;
    case 0x252c:
        return WACS_TTEE;
    case 0x2534:
        return WACS_BTEE;
    case 0x253c:
        return WACS_PLUS;
    default:
        return NULL;
    }
}

static attr_t look_attributes(const Look *look)
{
    attr_t a = A_NORMAL;
    if (look->attrs & ATTR_BOLD)
        a |= A_BOLD;
    if (look->attrs & ATTR_DIM)
        a |= A_DIM;
    if (look->attrs & ATTR_REVERSE)
        a |= A_REVERSE;
    if (look->attrs & ATTR_UNDERLINE)
        a |= A_UNDERLINE;
    return a;
}

static void note_drawn(TermCurses *c, int row, const Cell *cells, int n)
{
    if (row != c->at) {
        c->others += row != c->last_drawn;
    } else {
        for (int i = 0; i < n; i++)
            c->written = c->written || (cells[i].text[0] && strcmp(cells[i].text, " ") != 0);
        c->erased = TRUE;
    }
    c->last_drawn = row;
}

static void curses_draw(Term *t, int row, int col, const Cell *cells, int n)
{
    TermCurses *c = (TermCurses *)t;
    note_drawn(c, row, cells, n);
    for (int i = 0; i < n; i++) {
        if (cells[i].width == 0 || row >= LINES || col + i + cells[i].width > COLS)
            continue;
        Style role = (Style)cells[i].style;
        attr_t attrs = look_attributes(theme_look(role, t->caps.colours));
        char glyph[CELL_BYTES];
        wchar_t wide[CCHARW_MAX + 1] = {0};
        term_glyph(&t->caps, cells[i].text, glyph);
        const cchar_t *line = line_cell(glyph);
        if (line) {
            attr_t line_attrs = 0;
            short pair = 0;
            getcchar(line, wide, &line_attrs, &pair, NULL);
            attrs |= line_attrs & A_ALTCHARSET;
        } else {
            int k = 0;
            for (const char *p = glyph; *p && k < CCHARW_MAX; p = g_utf8_next_char(p))
                wide[k++] = (wchar_t)g_utf8_get_char(p);
        }
        cchar_t cell;
        if (setcchar(&cell, wide, attrs, c->pairs[role], NULL) == OK)
            mvadd_wch(row, col + i, &cell);
    }
}

static void curses_cursor(Term *t, int row, int col)
{
    move(CLAMP(row, 0, LINES - 1), CLAMP(col, 0, COLS - 1));
}

/* A word that goes to the next line and pushes the others down is taken away first, while the cursor is
 * still behind it: once rows have moved, curses has to bring it back there. */
static void erase_first(TermCurses *c)
{
    g_autofree gboolean *touched = g_new0(gboolean, LINES);
    for (int row = 0; row < LINES; row++) {
        touched[row] = row != c->at && is_linetouched(stdscr, row);
        if (touched[row])
            wtouchln(stdscr, row, 1, 0);
    }
    leaveok(stdscr, TRUE);
    wnoutrefresh(stdscr);
    doupdate();
    leaveok(stdscr, FALSE);
    for (int row = 0; row < LINES; row++)
        if (touched[row])
            wtouchln(stdscr, row, 1, 1);
}

static void curses_flush(Term *t)
{
    TermCurses *c = (TermCurses *)t;
    if (c->erased && !c->written && c->others > 1 && c->at < LINES)
        erase_first(c);
    wnoutrefresh(stdscr);
    doupdate();
    c->at = getcury(stdscr);
    c->others = 0;
    c->last_drawn = -1;
    c->erased = c->written = FALSE;
    sink_drain(c);
}

static void curses_repaint(Term *t)
{
    clearok(curscr, TRUE);
}

static gboolean curses_busy(const Term *t)
{
    return ((const TermCurses *)t)->writer != 0;
}

static void curses_each_key(const Term *t, void (*fn)(const char *, const char *, gpointer), gpointer data)
{
    static const struct {
        const char *cap, *name;
    } keys[] = {
        {"kcuu1", "<Up>"},   {"kcud1", "<Down>"}, {"kcub1", "<Left>"}, {"kcuf1", "<Right>"},
        {"khome", "<Home>"}, {"kend", "<End>"},   {"kpp", "<PgUp>"},   {"knp", "<PgDn>"},
        {"kich1", "<Ins>"},  {"kdch1", "<Del>"},  {"kcbt", "<S-Tab>"}, {"kf1", "<F1>"},
        {"kf2", "<F2>"},     {"kf3", "<F3>"},     {"kf4", "<F4>"},     {"kf5", "<F5>"},
        {"kf6", "<F6>"},     {"kf7", "<F7>"},     {"kf8", "<F8>"},     {"kf9", "<F9>"},
        {"kf10", "<F10>"},   {"kf11", "<F11>"},   {"kf12", "<F12>"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *bytes = tigetstr((char *)keys[i].cap);
        if (bytes && bytes != (char *)-1)
            fn(bytes, keys[i].name, data);
    }
}

/* ---- start and end ---- */

static gboolean terminal_open(TermCurses *c, GError **error)
{
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &c->saved) != 0) {
        g_set_error_literal(error, TERM_ERROR, TERM_ERROR_NOT_A_TERMINAL,
                            _("Standard input is not a terminal. Start rond in a terminal window."));
        return FALSE;
    }
    /* A description of our own, so that not waiting is not forced upon whoever shares ours. */
    char name[256];
    if (ttyname_r(STDIN_FILENO, name, sizeof name) == 0)
        c->fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    c->own_fd = c->fd >= 0;
    if (!c->own_fd) {
        c->fd = STDIN_FILENO;
        c->old_flags = fcntl(STDIN_FILENO, F_GETFL);
        fcntl(STDIN_FILENO, F_SETFL, c->old_flags | O_NONBLOCK);
    }
    struct termios raw = c->saved;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(c->fd, TCSANOW, &raw);
    return TRUE;
}

/* The terminal types to try; curses' own table of a stock server lacks many of today's terminals. */
static gboolean screen_open(TermCurses *c, GError **error)
{
    const char *named = g_getenv("TERM");
    const char *types[] = {named && *named ? named : "unknown", "xterm-256color", "vt100"};
    int rows = 24, cols = 80;
    read_size(c, &rows, &cols);
    /* curses asks its output for the size, and its output is memory */
    char text[16];
    g_snprintf(text, sizeof text, "%d", rows);
    g_setenv("LINES", text, TRUE);
    g_snprintf(text, sizeof text, "%d", cols);
    g_setenv("COLUMNS", text, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(types) && !c->screen; i++) {
        int status = 0;
        if (setupterm((char *)types[i], c->fd, &status) != OK) {
            if (status == 1) /* known, and a printer */
                break;
            continue;
        }
        const char *cup = tigetstr((char *)"cup");
        gboolean moves = cup && cup != (char *)-1;
        del_curterm(cur_term);
        if (!moves)
            break;
        c->screen = newterm((char *)types[i], c->out, c->in);
        if (c->screen && i > 0)
            c->base.notice = g_strdup_printf(
                _("The terminal type “%s” is not known on this server; going on as %s."), types[0],
                types[i]);
    }
    g_unsetenv("LINES");
    g_unsetenv("COLUMNS");
    if (!c->screen)
        g_set_error(error, TERM_ERROR, TERM_ERROR_NO_CURSOR,
                    _("The terminal type “%s” cannot move its cursor, so rond cannot draw on it. Set "
                      "TERM to what your terminal is, for example xterm-256color."),
                    types[0]);
    return c->screen != NULL;
}

static void colours_start(TermCurses *c, const TermOptions *options)
{
    const char *no_colour = g_getenv("NO_COLOR");
    gboolean want = options->colours != COLOUR_MONO && !(no_colour && *no_colour);
    c->base.caps.colours = COLOUR_MONO;
    if (!want || !has_colors() || start_color() != OK)
        return;
    gboolean own = use_default_colors() == OK;
    c->base.caps.colours = COLORS >= 256 ? COLOUR_256 : COLORS >= 8 ? COLOUR_16 : COLOUR_MONO;
    c->base.caps.colours = MIN(c->base.caps.colours, options->colours);
    short next = 1;
    for (int role = 0; role < STYLE_ROLES; role++) {
        const Look *look = theme_look((Style)role, c->base.caps.colours);
        if ((look->fg < 0 && look->bg < 0) || next >= COLOR_PAIRS)
            continue;
        short fg = look->fg < 0 && !own ? COLOR_WHITE : (short)look->fg;
        short bg = look->bg < 0 && !own ? COLOR_BLACK : (short)look->bg;
        if (init_pair(next, fg, bg) == OK)
            c->pairs[role] = next++;
    }
}

static Charset charset_of_locale(void)
{
    const char *name = nl_langinfo(CODESET);
    if (g_ascii_strcasecmp(name, "UTF-8") == 0 || g_ascii_strcasecmp(name, "UTF8") == 0)
        return CHARSET_UTF8;
    return g_ascii_strncasecmp(name, "ISO-8859-1", 10) == 0 ? CHARSET_LATIN1 : CHARSET_ASCII;
}

static void curses_free(Term *t)
{
    TermCurses *c = (TermCurses *)t;
    if (c->writer)
        g_source_remove(c->writer);
    if (c->screen) {
        send_bytes(c, PASTE_OFF);
        endwin();
        sink_drain(c);
        if (c->writer) {
            /* the last bytes restore the screen: worth a moment, not more */
            g_source_remove(c->writer);
            g_poll(&(GPollFD){.fd = c->fd, .events = G_IO_OUT}, 1, 200);
            queue_write(c);
        }
        delscreen(c->screen);
    }
    if (c->fd >= 0)
        tcsetattr(c->fd, TCSANOW, &c->saved);
    if (c->own_fd)
        close(c->fd);
    else if (c->fd >= 0)
        fcntl(c->fd, F_SETFL, c->old_flags);
    if (c->out)
        fclose(c->out);
    if (c->in)
        fclose(c->in);
    g_byte_array_unref(c->queue);
    g_free(c);
}

static const TermOps curses_ops = {
    .size = curses_size,
    .resize = curses_resize,
    .draw = curses_draw,
    .cursor = curses_cursor,
    .flush = curses_flush,
    .repaint = curses_repaint,
    .busy = curses_busy,
    .each_key = curses_each_key,
    .free = curses_free,
};

Term *term_curses_new(const TermOptions *options, GError **error)
{
    TermCurses *c = g_new0(TermCurses, 1);
    c->base.ops = &curses_ops;
    c->fd = -1;
    c->queue = g_byte_array_new();
    c->sink = memfd_create("rond-frame", MFD_CLOEXEC);
    c->out = fdopen(c->sink, "w");
    c->in = fopen("/dev/null", "r");
    if (!terminal_open(c, error) || !screen_open(c, error)) {
        curses_free(&c->base);
        return NULL;
    }
    c->base.input_fd = c->fd;
    c->base.caps.charset = charset_of_locale();
    c->base.caps.ascii_lines = options->ascii || c->base.caps.charset != CHARSET_UTF8;
    noecho();
    nonl();
    leaveok(stdscr, FALSE);
    c->whole_rows = g_strcmp0(tigetstr((char *)"il1"), "\033[L") == 0 && g_strcmp0(tigetstr((char *)"dl1"), "\033[M") == 0;
    colours_start(c, options);
    send_bytes(c, PASTE_ON);
    return &c->base;
}

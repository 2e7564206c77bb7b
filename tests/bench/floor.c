/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floor - the least an ncurses list program can cost: 10k-row table, selection bar, page, filter field, detail view.
 * -DLIBS links and initialises the libraries of rond too. */
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef LIBS
#include <curl/curl.h>
#include <glib.h>
#include <jansson.h>
#include <sqlite3.h>
#endif
#define N 10000
static char rows[N][160];
static int top, cur;
static char flt[40];

static void row(int i) {
    int y = i - top + 2;
    char buf[512];
    snprintf(buf, sizeof buf, "%-*.*s", COLS, COLS, rows[i]);
    if (i == cur) attron(A_REVERSE);
    mvaddnstr(y, 0, buf, COLS);
    if (i == cur) attroff(A_REVERSE);
}
static void all(void) {
    erase();
    attron(A_BOLD); mvaddstr(0, 0, "rond floor - Ward A"); attroff(A_BOLD);
    mvprintw(1, 0, "%-6s %-24s %-10s %-8s %s", "id", "name", "born", "bed", "problem");
    for (int i = top; i < N && i - top < LINES - 3; i++) row(i);
    mvprintw(LINES - 1, 0, "filter: %s", flt);
}
static void place(void) { move(cur - top + 2, 0); }

int main(void) {
    setlocale(LC_ALL, "");
#ifdef LIBS
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *m = curl_multi_init(); CURL *c = curl_easy_init();
    sqlite3 *db; sqlite3_open(":memory:", &db); sqlite3_exec(db, "create table t(a,b);insert into t values(1,2)", 0, 0, 0);
    json_t *j = json_loads("{\"a\":[1,2,3]}", 0, NULL); GHashTable *h = g_hash_table_new(g_str_hash, g_str_equal);
    if (!m || !c || !j || !h) return 1;
#endif
    for (int i = 0; i < N; i++)
        snprintf(rows[i], sizeof rows[i], "%-6d %-24s 19%02d-%02d-%02d %-8d hypertension; type 2 diabetes %d", i, i % 3 ? "Smith, Ada" : "de Vries, Jan", i % 90 + 10, i % 12 + 1, i % 28 + 1, i % 40, i * 7);
    initscr(); raw(); noecho(); keypad(stdscr, TRUE); set_escdelay(25); start_color(); use_default_colors(); idlok(stdscr, TRUE);
    all(); place(); refresh();
    int ch, typing = 0;
    while ((ch = getch()) != 'q' || typing) {
        int old = cur, page = LINES - 3;
        if (typing && ch == 27) typing = 0;
        else if (typing && ch >= 32 && ch < 127) { size_t n = strlen(flt); if (n < 38) { flt[n] = ch; flt[n + 1] = 0; } mvprintw(LINES - 1, 0, "filter: %s", flt); refresh(); continue; }
        else if (ch == '/') { typing = 1; move(LINES - 1, 8 + (int)strlen(flt)); refresh(); continue; }
        else if (ch == 'j' || ch == KEY_DOWN) cur++;
        else if (ch == 'k' || ch == KEY_UP) cur--;
        else if (ch == KEY_NPAGE || ch == ' ') { cur += page; top += page; }
        else if (ch == '\n' || ch == '\r') { erase(); mvprintw(0, 0, "Patient %s", rows[cur]); for (int y = 2; y < LINES - 1; y++) mvprintw(y, 0, "%-20s %8.1f mg/L   2024-%02d-%02d  (3 - 10)", "CRP", y * 1.7, y % 12 + 1, y); refresh(); getch(); all(); place(); refresh(); continue; }
        else if (ch == KEY_RESIZE) { all(); place(); refresh(); continue; }
        if (cur < 0) cur = 0;
        if (cur >= N) cur = N - 1;
        if (top > N - 1) top = N - 1;
        int scroll = cur < top || cur >= top + page || ch == KEY_NPAGE || ch == ' ';
        if (cur < top) top = cur;
        if (cur >= top + page) top = cur - page + 1;
        if (scroll) all(); else { row(old); row(cur); }
        place();
        refresh();
    }
    endwin();
    return 0;
}

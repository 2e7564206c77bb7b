/* SPDX-License-Identifier: GPL-3.0-or-later
 * The normal mode of the editor, by the letters that the keymap vim gives its verbs. */
#include "base/limits.h"
#include "ui/widgets/editor-vi.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *key, *verb;
} keys[] = {
    {"i", "insert"}, {"a", "append"}, {"A", "append-line"}, {"I", "insert-line"}, {"o", "open-below"}, {"O", "open-above"},
    {"h", "left"}, {"l", "right"}, {"k", "up"}, {"j", "down"}, {"w", "word-right"}, {"b", "word-left"}, {"e", "word-end"},
    {"0", "line-start"}, {"$", "line-end"}, {"g", "start"}, {"G", "end"}, {"(", "sentence-left"}, {")", "sentence-right"},
    {"x", "cut"}, {"d", "op-delete"}, {"c", "op-change"}, {"y", "op-yank"}, {"D", "cut-rest"}, {"C", "change-rest"},
    {"p", "paste-after"}, {"P", "paste"}, {"u", "undo"}, {"R", "redo"}, {"v", "mark"}, {"E", "normal"},
};

/* In normal mode a letter is its verb, E is Esc; else it is typed. */
static void press(EditorVi *vi, Editor *e, const char *typed)
{
    for (const char *p = typed; *p; p = g_utf8_next_char(p)) {
        char key[8] = {0};
        g_utf8_strncpy(key, p, 1);
        if (vi->normal && (vi->count || *key != '0') && editor_vi_digit(vi, key))
            continue;
        gsize i = 0;
        while (i < G_N_ELEMENTS(keys) && strcmp(keys[i].key, key) != 0)
            i++;
        if (vi->normal || strcmp(key, "E") == 0)
            cr_assert(i < G_N_ELEMENTS(keys) && editor_vi_verb(vi, e, keys[i].verb) != WIDGET_IGNORED, "%s", key);
        else
            editor_input(e, key, FALSE);
    }
}

/* The text with | where the cursor stands. */
static char *shown(Editor *e)
{
    EditorBuffer *b = editor_buffer(e);
    gsize at = editor_buffer_cursor(b);
    g_autofree char *before = editor_buffer_slice(b, 0, at), *after = editor_buffer_slice(b, at, editor_buffer_length(b));
    return g_strdup_printf("%s|%s", before, after);
}

static void expect(const char *from, const char *typed, const char *to)
{
    const char *bar = strchr(from, '|');
    g_autofree char *text = g_strdup_printf("%.*s%s", (int)(bar - from), from, bar + 1);
    g_autoptr(Editor) e = editor_new(text);
    EditorVi vi = {.normal = TRUE};
    editor_go(e, (gsize)(bar - from));
    press(&vi, e, typed);
    g_autofree char *is = shown(e);
    cr_expect_str_eq(is, to, "%s, %s: %s, not %s", from, typed, is, to);
}

Test(editor_vi, moves)
{
    expect("|Mår bra. Äter själv.", "w", "Mår |bra. Äter själv.");
    expect("|Mår bra. Äter själv.", "e", "Må|r bra. Äter själv.");
    expect("|Mår bra. Äter själv.", "2e", "Mår br|a. Äter själv.");
    expect("|Mår bra. Äter själv.", ")", "Mår bra. |Äter själv.");
    expect("Mår bra. Ät|er själv.", "(", "Mår bra. |Äter själv.");
    expect("Mår |bra", "b", "|Mår bra");
    expect("Mår |bra", "0", "|Mår bra");
    expect("|Mår bra", "$", "Mår br|a");
    expect("|Mår bra", "l2l", "Mår| bra");
    expect("|ab\ncd", "5l", "a|b\ncd"); /* not into the next line */
    expect("ab\n|cd", "h", "ab\n|cd");
    expect("|ett\ntvå\ntre", "G", "ett\ntvå\n|tre");
    expect("ett\ntvå\ntr|e", "g", "|ett\ntvå\ntre");
    expect("|ett\ntvå\ntre", "2G", "ett\n|två\ntre");
    expect("|ett\ntvå\ntre\nfyra", "2j", "ett\ntvå\n|tre\nfyra");
    expect("a|ett", "10h", "|aett"); /* the 0 of a count */
}

Test(editor_vi, writes)
{
    expect("a|b", "ixyE", "ax|yb");
    expect("a|b", "axE", "ab|x");
    expect("  a|b", "Ix", "  x|ab");
    expect("|ab\nc", "Ax", "abx|\nc");
    expect("a|b\nc", "oxE", "ab\n|x\nc");
    expect("b\na|b", "OxE", "b\n|x\nab");
    expect("ab|", "iE", "a|b");
    expect("|", "E", "|");
}

Test(editor_vi, cuts_and_changes)
{
    expect("|abc", "x", "|bc");
    expect("a|bcd", "2x", "a|d");
    expect("ab|c", "9x", "a|b");
    expect("|en a\u030al", "wx", "en |l"); /* a letter and its ring are one */
    expect("Ingen |bröstsmärta i natt", "dw", "Ingen |i natt");
    expect("|ett två tre fyra", "2dw", "|tre fyra");
    expect("|ett två tre fyra", "d3w", "|fyra");
    expect("ett |två\ntre", "dw", "ett| \ntre"); /* the line's end stays */
    expect("|ett\ntvå", "dw", "|\ntvå");
    expect("ett t|vå", "db", "ett |vå");
    expect("ett |två", "d0", "|två");
    expect("ett |två tre\nfyra", "d$", "ett| \nfyra");
    expect("ett |två tre\nfyra", "D", "ett| \nfyra");
    expect("Ett. |Två. Tre.", "d)", "Ett. |Tre.");
    expect("|ett två", "de", "| två");
    expect("ett\nt|vå\ntre", "dd", "ett\n|tre");
    expect("ett\nt|vå", "dd", "|ett");
    expect("e|tt", "dd", "|");
    expect("|ett\ntvå\ntre", "2dd", "|tre");
    expect("|ett\ntvå\ntre", "dj", "|tre");
    expect("ett\n|två\ntre", "dG", "|ett");
    expect("ett\ntvå\n|tre", "dg", "|");
    expect("|hö lunga", "cwvänster", "vänster| lunga");
    expect("|a lunga", "cwbE", "|b lunga"); /* a word of one letter */
    expect("|hö, lunga", "cwvä", "vä|, lunga");
    expect("ett t|vå\ntre", "ccxE", "|x\ntre");
    expect("ett |två\ntre", "CxE", "ett |x\ntre");
    expect("|ett två", "d3E0x", "|tt två"); /* let go of */
    expect("|ett två", "dcx", "|tt två");
}

Test(editor_vi, copies_and_puts_back)
{
    expect("|ett\ntvå", "yyp", "ett\n|ett\ntvå");
    expect("ett\n|två", "yyp", "ett\ntvå\ntv|å");
    expect("ett\n|två", "yyP", "ett\n|två\ntvå");
    expect("|ett\ntvå\ntre", "ddp", "två\n|ett\ntre");
    expect("|ett två", "ywP", "ett| ett två");
    expect("|ab", "xp", "b|a");
    expect("|ab", "x3p", "baa|a");
}

Test(editor_vi, marks)
{
    expect("|ett två", "vd", "|tt två");
    expect("|ett två", "ved", "| två");
    expect("|ett två", "v2lcx", "x| två");
    expect("et|t två", "vhd", "e| två");
    expect("|ett två", "vx", "|tt två");
    expect("|ett två", "veEx", "et| två");
}

Test(editor_vi, undoes)
{
    expect("|ett två tre", "dwdwu", "|två tre");
    expect("|ett två tre", "dwdw2u", "|ett två tre");
    expect("|ett två tre", "dwuR", "|två tre");
}

/* Nothing is put in the place of what was there, whatever it is too much for. */
Test(editor_vi, too_much_is_not_put_in)
{
    g_autofree char *most = g_strnfill(LIMIT_NOTE_BYTES / 2 + 1, 'a');
    g_autoptr(Editor) e = editor_new(most);
    EditorVi vi = {.normal = TRUE};
    press(&vi, e, "yy9999p");
    cr_expect_eq(editor_buffer_length(editor_buffer(e)), LIMIT_NOTE_BYTES / 2 + 1);
}

/* What is typed is typed: no verb runs in a text that is not in normal mode. */
Test(editor_vi, only_in_normal_mode)
{
    g_autoptr(Editor) e = editor_new("ett");
    EditorVi vi = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].verb, "normal") != 0)
            cr_expect_eq(editor_vi_verb(&vi, e, keys[i].verb), WIDGET_IGNORED, "%s", keys[i].verb);
    g_autofree char *is = shown(e);
    cr_expect_str_eq(is, "|ett");
}

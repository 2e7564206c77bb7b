/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/stray-make.h"

#include <string.h>

#include "ui/input-keys.h"
#include "ui/input.h"

#define GAP_MAX_US (500 * 1000)
#define TEXT_MAX 36

/* ---- the key sequences, asked from the decoder's own table ---- */

typedef struct {
    char *bytes, *key;
} Sequence;

static void add(GArray *all, char *bytes, char *key)
{
    Sequence s = {bytes, key};
    if (key && key[0] == '<' && key[1])
        g_array_append_val(all, s);
    else {
        g_free(bytes);
        g_free(key);
    }
}

static void add_csi(GArray *all, const char *body, char final)
{
    add(all, g_strdup_printf("\033[%s%c", body, final), input_keys_csi(body, final));
}

static void add_modified(GArray *all, char modifier)
{
    for (int number = 1; number < 35; number++) {
        g_autofree char *body = modifier ? g_strdup_printf("%d;%c", number, modifier) : g_strdup_printf("%d", number);
        for (const char *final = modifier ? "~" : "~$^@"; *final; final++)
            add_csi(all, body, *final);
    }
    for (char letter = 'A'; letter <= 'Z'; letter++) {
        g_autofree char *body = modifier ? g_strdup_printf("1;%c", modifier) : g_strdup("");
        if (letter != 'M' && letter != 'O')
            add_csi(all, body, letter);
        if (letter != 'M' && !modifier)
            add(all, g_strdup_printf("\033O%c", letter), input_keys_ss3(0, letter));
        else if (letter != 'M')
            add(all, g_strdup_printf("\033O%c%c", modifier, letter), input_keys_ss3(modifier, letter));
    }
}

static const GArray *sequences(void)
{
    static GArray *all;
    if (all)
        return all;
    all = g_array_new(FALSE, FALSE, sizeof(Sequence));
    static const char modifiers[] = {'\0', '2', '3', '4', '5', '6', '7', '8'};
    for (gsize i = 0; i < sizeof modifiers; i++)
        add_modified(all, modifiers[i]);
    for (char letter = 'A'; letter <= 'E'; letter++)
        add_csi(all, "[", letter);
    for (char digit = '0'; digit <= '9'; digit++)
        add(all, g_strdup_printf("\033%c", digit), g_strdup(input_keys_function(digit)));
    return all;
}

/* ---- reads ---- */

static void read_bytes(Stray *s, const char *bytes, gsize n, gint64 gap)
{
    StrayRead r = {n, gap};
    g_string_append_len(s->bytes, bytes, (gssize)n);
    g_array_append_val(s->reads, r);
}

/* Half of them about as long as the wait for a lone Esc, where a mistake would sit. */
static gint64 gap(GRand *rand)
{
    return g_rand_boolean(rand) ? g_rand_int_range(rand, 0, GAP_MAX_US + 1)
                                : g_rand_int_range(rand, 0, 2 * INPUT_ESC_US);
}

static void byte_by_byte(Stray *s, GRand *rand, const char *bytes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        read_bytes(s, bytes + i, 1, i + 1 < n ? gap(rand) : 0);
}

static void in_two(Stray *s, GRand *rand, const char *bytes, gsize n, gsize at)
{
    if (at)
        read_bytes(s, bytes, at, gap(rand));
    read_bytes(s, bytes + at, n - at, 0);
}

static Stray *empty(StrayKind kind)
{
    Stray *s = g_new0(Stray, 1);
    s->kind = kind;
    s->bytes = g_string_new(NULL);
    s->reads = g_array_new(FALSE, FALSE, sizeof(StrayRead));
    return s;
}

void stray_free(Stray *s)
{
    g_string_free(s->bytes, TRUE);
    g_array_unref(s->reads);
    g_free(s->text);
    g_free(s->key);
    g_free(s);
}

/* When the first read is the Esc byte alone, it may have been the key. */
static void judge_escape(Stray *s)
{
    const StrayRead *first = &g_array_index(s->reads, StrayRead, 0);
    s->escape = first->bytes == 1 && s->bytes->str[0] == '\033' && first->gap >= INPUT_ESC_US;
}

/* ---- what a scanner reads ---- */

static const char *one_of(GRand *rand, const char *const *all, gsize n)
{
    return all[g_rand_int_range(rand, 0, (gint32)n)];
}

/* Numbers as on wristbands and packages, and words whose letters are commands. */
static char *scanned(GRand *rand)
{
    static const char *const made[] = {"19120211-9192", "191202119192", "07350053850019", "]C1010735", "on", "hkw",
                                       "gug", "sssss", "nnn", "jjj", "yy", "1", "11", "?", ":quit", "/öberg", "ÅÄÖ",
                                       "-", "bo", "Öberg"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-/?:+.,%";
    g_autoptr(GString) text = g_string_new(NULL);
    if (g_rand_boolean(rand)) {
        g_string_append(text, one_of(rand, made, G_N_ELEMENTS(made)));
    } else {
        for (int n = g_rand_int_range(rand, 2, 24); n > 0; n--)
            g_string_append_c(text, letters[g_rand_int_range(rand, 0, sizeof letters - 1)]);
    }
    return g_strdup(text->str);
}

static Stray *scan(GRand *rand)
{
    static const char *const ends[] = {"\r", "\n", "\r\n", "\t", ""};
    Stray *s = empty(STRAY_SCAN);
    g_autofree char *text = scanned(rand);
    const char *end = one_of(rand, ends, G_N_ELEMENTS(ends));
    if (g_utf8_strlen(text, -1) + (glong)strlen(end) < 2) /* a single key is a key */
        end = "\r";
    g_autofree char *bytes = g_strconcat(text, end, NULL);
    gsize n = strlen(bytes), most = g_rand_boolean(rand) ? n : 3;
    for (gsize i = 0; i < n;) {
        gsize take = (gsize)g_rand_int_range(rand, 1, (gint32)MIN(most, n - i) + 1);
        read_bytes(s, bytes + i, take, i + take < n ? g_rand_int_range(rand, 0, INPUT_BURST_US) : 0);
        i += take;
    }
    s->text = g_strconcat(text, *end == '\t' ? "\t" : *end ? "\n" : "", NULL);
    return s;
}

/* ---- what is pasted ---- */

static Stray *paste(GRand *rand)
{
    /* bytes, and what they type */
    static const struct {
        const char *bytes, *types;
    } parts[] = {
        {"Mår bättre.", "Mår bättre."}, {"j", "j"}, {"y", "y"}, {"n", "n"}, {"1", "1"}, {"g u", "g u"}, {"\r", "\n"},
        {"\r\n", "\n"}, {"a\n", "a\n"}, {"\033[20~", "[20~"}, {"\033OP", "OP"}, {"\033", ""}, {"\0339", "9"},
        {"\001\002\020\021\032", ""}, {"\007\010\177", ""}, {"\302\233[A", "[A"}, {"\033[200~", "[200~"},
        {"<Enter>", "<Enter>"}, {"<F9>", "<F9>"}, {"quit", "quit"}, {"5 mg x 2", "5 mg x 2"}, {":", ":"},
    };
    Stray *s = empty(STRAY_PASTE);
    g_autoptr(GString) bytes = g_string_new("\033[200~"), text = g_string_new(NULL);
    do {
        gsize i = (gsize)g_rand_int_range(rand, 0, G_N_ELEMENTS(parts));
        if (g_utf8_strlen(text->str, -1) + g_utf8_strlen(parts[i].types, -1) > TEXT_MAX)
            break;
        g_string_append(bytes, parts[i].bytes);
        g_string_append(text, parts[i].types);
    } while (g_rand_int_range(rand, 0, 5));
    g_string_append_c(bytes, 'x'); /* what ends in a blank or a line end would be cut in a field */
    g_string_append_c(text, 'x');
    if (g_rand_int_range(rand, 0, 4)) /* the others never end */
        g_string_append(bytes, "\033[201~");
    int how = g_rand_int_range(rand, 0, 3);
    if (how == 0)
        read_bytes(s, bytes->str, bytes->len, 0);
    else if (how == 1)
        in_two(s, rand, bytes->str, bytes->len, (gsize)g_rand_int_range(rand, 1, (gint32)bytes->len));
    else
        byte_by_byte(s, rand, bytes->str, bytes->len);
    s->text = g_strdup(text->str);
    judge_escape(s);
    return s;
}

/* ---- keys in pieces ---- */

static Stray *sequence_of(const Sequence *from)
{
    Stray *s = empty(STRAY_SEQUENCE);
    s->key = g_strdup(from->key);
    s->twin = g_ascii_isdigit(from->bytes[1]);
    return s;
}

static Stray *sequence(GRand *rand)
{
    const GArray *all = sequences();
    const Sequence *from = &g_array_index(all, Sequence, g_rand_int_range(rand, 0, (gint32)all->len));
    Stray *s = sequence_of(from);
    byte_by_byte(s, rand, from->bytes, strlen(from->bytes));
    judge_escape(s);
    return s;
}

guint stray_cuts(void)
{
    const GArray *all = sequences();
    guint n = 0;
    for (guint i = 0; i < all->len; i++)
        n += (guint)strlen(g_array_index(all, Sequence, i).bytes) - 1;
    return n;
}

Stray *stray_cut(GRand *rand, guint n)
{
    const GArray *all = sequences();
    for (guint i = 0; i < all->len; i++) {
        const Sequence *from = &g_array_index(all, Sequence, i);
        guint cuts = (guint)strlen(from->bytes) - 1;
        if (n >= cuts) {
            n -= cuts;
            continue;
        }
        Stray *s = sequence_of(from);
        in_two(s, rand, from->bytes, strlen(from->bytes), n + 1);
        judge_escape(s);
        return s;
    }
    g_assert_not_reached();
}

Stray *stray_new(GRand *rand)
{
    static Stray *(*const kinds[])(GRand *) = {scan, paste, sequence};
    return kinds[g_rand_int_range(rand, 0, G_N_ELEMENTS(kinds))](rand);
}

char *stray_told(const Stray *s)
{
    static const char *const names[] = {"scan", "paste", "sequence"};
    g_autoptr(GString) out = g_string_new(names[s->kind]);
    const char *p = s->bytes->str;
    for (guint i = 0; i < s->reads->len; i++) {
        const StrayRead *r = &g_array_index(s->reads, StrayRead, i);
        g_autofree char *bytes = g_strndup(p, r->bytes), *shown = g_strescape(bytes, NULL);
        g_string_append_printf(out, " \"%s\"", shown);
        if (r->gap)
            g_string_append_printf(out, " +%.3f ms", (double)r->gap / 1000);
        p += r->bytes;
    }
    return g_strdup(out->str);
}

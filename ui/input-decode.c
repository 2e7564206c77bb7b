/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two stages. The first turns bytes into keys and knows escape sequences, late halves and pastes.
 * The second gathers keys that come closer than a millisecond and turns them into text. */
#include "ui/input-keys.h"
#include "ui/input.h"

#include <string.h>

#define SEQUENCE_MAX 64
/* A paste whose end never comes must not take the keyboard for ever. */
#define PASTE_STALL_US (3 * G_TIME_SPAN_SECOND)

typedef enum { GROUND, ESCAPE, CSI, SS3, STRING, MOUSE, UTF8, PASTE } State;

typedef struct {
    char *name;
    char *text;   /* NULL: types nothing */
    gint64 at;
    gboolean queued;
    /* After a lone Esc: what it is when it stands alone, and not at the head of a burst. A digit is
     * then the twin of a function key, a late half is nothing. */
    const char *alone; /* NULL = itself */
} Held;

static const char nothing[] = "";

struct InputDecoder {
    Charset charset;
    InputFn fn;
    gpointer data;
    GHashTable *sequences; /* of this terminal: bytes → name */
    gboolean text_mode;

    State state;
    gint64 touched;      /* when the last byte of the unfinished thing came */
    gboolean late;       /* its Esc has acted already: swallow it */
    gboolean alt;        /* ESC stood before this character */
    gint64 late_until;   /* after a lone Esc: "[" and "O" before this are late halves */
    char seq[SEQUENCE_MAX];
    gsize n_seq;
    guint skip;          /* MOUSE: bytes to come; UTF8: likewise */
    GString *paste;

    GArray *held;        /* Held: keys not yet told */
    gint64 last_at;      /* when the last key came */
    guint keys_of_read;
    char *last_name;
};

static void held_clear(gpointer p)
{
    Held *h = p;
    g_free(h->name);
    g_free(h->text);
}

InputDecoder *input_decoder_new(Charset charset, InputFn fn, gpointer data)
{
    InputDecoder *d = g_new0(InputDecoder, 1);
    d->charset = charset;
    d->fn = fn;
    d->data = data;
    d->last_at = G_MININT64 / 2;
    d->sequences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    d->paste = g_string_new(NULL);
    d->held = g_array_new(FALSE, FALSE, sizeof(Held));
    g_array_set_clear_func(d->held, held_clear);
    return d;
}

void input_decoder_free(InputDecoder *d)
{
    if (!d)
        return;
    g_hash_table_unref(d->sequences);
    g_string_free(d->paste, TRUE);
    g_array_unref(d->held);
    g_free(d->last_name);
    g_free(d);
}

void input_decoder_add(InputDecoder *d, const char *bytes, const char *name)
{
    if (bytes[0] == '\033' && bytes[1])
        g_hash_table_replace(d->sequences, g_strdup(bytes), g_strdup(name));
}

void input_decoder_text_mode(InputDecoder *d, gboolean text)
{
    d->text_mode = text;
}

/* ---- second stage: keys or text ---- */

static void tell_key(InputDecoder *d, const Held *h, gboolean queued)
{
    InputEvent e = {.kind = INPUT_KEY, .name = h->name, .text = h->text, .read_at = h->at};
    e.queued = queued || h->queued;
    e.repeated = g_strcmp0(d->last_name, h->name) == 0 && h->at - d->last_at <= INPUT_REPEAT_US;
    g_free(d->last_name);
    d->last_name = g_strdup(h->name);
    d->last_at = h->at;
    d->fn(&e, d->data);
}

static void tell_text(InputDecoder *d, GString *text, gint64 at)
{
    if (text->len == 0)
        return;
    gboolean cut = text->len > INPUT_TEXT_MAX;
    if (cut) {
        const char *end = g_utf8_find_prev_char(text->str, text->str + INPUT_TEXT_MAX);
        g_string_truncate(text, end ? (gsize)(end - text->str) : 0);
    }
    InputEvent e = {.kind = INPUT_TEXT, .text = text->str, .read_at = at, .queued = TRUE, .cut = cut};
    g_clear_pointer(&d->last_name, g_free);
    d->last_at = at;
    d->fn(&e, d->data);
    g_string_truncate(text, 0);
}

static const char *burst_text(const Held *h)
{
    return strcmp(h->name, "<Enter>") == 0 ? "\n" : strcmp(h->name, "<Tab>") == 0 ? "\t" : h->text;
}

/* More than one key a millisecond: nobody types that. What types is text; what moves or rubs out
 * stays a key where text is being written; all other keys are dropped. */
static void tell_burst(InputDecoder *d, GArray *held)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean any = FALSE;
    for (guint i = 0; i < held->len; i++) {
        const Held *h = &g_array_index(held, Held, i);
        any = any || (burst_text(h) && h->alone != nothing);
    }
    gint64 at = 0;
    for (guint i = 0; i < held->len; i++) {
        const Held *h = &g_array_index(held, Held, i);
        const char *types = burst_text(h);
        at = h->at;
        if (h->alone == nothing && !any)
            continue;
        if (types) {
            g_string_append(text, types);
        } else if (!any || (d->text_mode && input_keys_is_edit(h->name))) {
            tell_text(d, text, at);
            tell_key(d, h, i > 0);
        }
    }
    tell_text(d, text, at);
}

/* The callback may change the mode, never the held keys: they are taken out first. */
static void release(InputDecoder *d)
{
    if (d->held->len == 0)
        return;
    GArray *held = g_steal_pointer(&d->held);
    d->held = g_array_new(FALSE, FALSE, sizeof(Held));
    g_array_set_clear_func(d->held, held_clear);
    const Held *first = &g_array_index(held, Held, 0);
    gboolean single = held->len == 1 && first->at - d->last_at > INPUT_BURST_US;
    if (single && first->alone == nothing)
        ; /* the late half of a sequence */
    else if (single && first->alone)
        tell_key(d, &(Held){(char *)first->alone, NULL, first->at, TRUE, NULL}, TRUE);
    else if (single)
        tell_key(d, first, FALSE);
    else
        tell_burst(d, held);
    g_array_unref(held);
}

static void key(InputDecoder *d, const char *name, const char *text, gint64 at, gboolean late)
{
    Held h = {g_strdup(name), g_strdup(text), at, late || d->keys_of_read > 0, NULL};
    d->keys_of_read++;
    g_array_append_val(d->held, h);
}

/* After a lone Esc: @alone says what it is unless a burst follows. */
static void late_key(InputDecoder *d, const char *text, const char *alone, gint64 at)
{
    key(d, text, text, at, TRUE);
    g_array_index(d->held, Held, d->held->len - 1).alone = alone;
}

/* TRUE when waiting a millisecond could still change what the held keys are. */
static gboolean must_hold(const InputDecoder *d)
{
    if (d->state != GROUND)
        return TRUE;
    gboolean types = FALSE;
    for (guint i = 0; i < d->held->len; i++)
        types = types || burst_text(&g_array_index(d->held, Held, i)) != NULL;
    const Held *first = &g_array_index(d->held, Held, 0);
    if (types && d->text_mode && d->held->len == 1 && first->text && !first->alone)
        return FALSE;
    return types;
}

/* ---- first stage: bytes to keys ---- */

static void character(InputDecoder *d, const char *utf8, gint64 at)
{
    gunichar ch = g_utf8_get_char(utf8);
    if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
        return;
    if (d->alt) {
        g_autofree char *name = g_strdup_printf("<M-%s>", utf8);
        key(d, name, NULL, at, FALSE);
    } else {
        key(d, ch == ' ' ? "<Space>" : utf8, utf8, at, FALSE);
    }
    d->alt = FALSE;
}

static void begin(InputDecoder *d, State state, gint64 now)
{
    d->state = state;
    d->touched = now;
    d->n_seq = 0;
}

static void paste_begin(InputDecoder *d, gint64 now)
{
    begin(d, PASTE, now);
    g_string_truncate(d->paste, 0);
}

static void sequence_end(InputDecoder *d, gint64 now)
{
    char final = d->seq[--d->n_seq];
    d->seq[d->n_seq] = '\0';
    gboolean late = d->late, is_ss3 = d->state == SS3;
    d->state = GROUND;
    d->late = FALSE;
    if (!is_ss3 && input_keys_is_paste_start(d->seq, final)) {
        paste_begin(d, now);
        return;
    }
    if (late) {
        g_autofree char *half = g_strdup_printf("%c%s%c", is_ss3 ? 'O' : '[', d->seq, final);
        late_key(d, half, nothing, now);
        return;
    }
    g_autofree char *bytes = g_strdup_printf("\033%c%s%c", is_ss3 ? 'O' : '[', d->seq, final);
    const char *named = g_hash_table_lookup(d->sequences, bytes);
    g_autofree char *name = named     ? g_strdup(named)
                            : is_ss3 ? input_keys_ss3(d->seq[0], final)
                                     : input_keys_csi(d->seq, final);
    if (name)
        key(d, name, name[0] == '<' && name[1] ? NULL : name, now, FALSE);
}

static void ground_byte(InputDecoder *d, guchar byte, gint64 now);

static void restart(InputDecoder *d, guchar byte, gint64 now)
{
    d->state = GROUND;
    d->late = FALSE;
    d->late_until = 0;
    ground_byte(d, byte, now);
}

static void csi_byte(InputDecoder *d, guchar byte, gint64 now)
{
    gboolean linux_console = d->n_seq == 1 && d->seq[0] == '[';
    if (byte < 0x20 || byte > 0x7e || d->n_seq + 2 >= SEQUENCE_MAX) {
        restart(d, byte, now);
        return;
    }
    d->seq[d->n_seq++] = (char)byte;
    d->touched = now;
    if (byte == '[' && d->n_seq == 1)
        return;
    if (byte == 'M' && d->n_seq == 1) { /* an old mouse report: three bytes follow */
        begin(d, MOUSE, now);
        d->skip = 3;
        return;
    }
    gboolean rxvt_shift = byte == '$' && g_ascii_isdigit(d->seq[0]);
    if (byte >= 0x40 || linux_console || rxvt_shift)
        sequence_end(d, now);
}

static void ss3_byte(InputDecoder *d, guchar byte, gint64 now)
{
    gboolean final = byte != 0 && strchr("ABCDEFHIMPQRSXjklmnopqrstuvwxy", byte) != NULL;
    if (!final && !(g_ascii_isdigit(byte) && d->n_seq == 0)) {
        restart(d, byte, now);
        return;
    }
    d->seq[d->n_seq++] = (char)byte;
    d->touched = now;
    if (final)
        sequence_end(d, now);
}

static void escape_byte(InputDecoder *d, guchar byte, gint64 now)
{
    gint64 since = d->touched;
    d->state = GROUND;
    const char *function = input_keys_function((char)byte);
    if (byte == '[') {
        begin(d, CSI, now);
    } else if (byte == 'O') {
        begin(d, SS3, now);
    } else if (byte != 0 && strchr("]P_^X", byte)) {
        begin(d, STRING, now);
    } else if (function) {
        key(d, function, NULL, now, FALSE);
    } else if (byte < 0x20 || byte == 0x7f) {
        key(d, "<Esc>", NULL, since, FALSE);
        ground_byte(d, byte, now);
    } else {
        d->alt = TRUE;
        ground_byte(d, byte, now);
    }
}

static void utf8_byte(InputDecoder *d, guchar byte, gint64 now)
{
    if ((byte & 0xc0) != 0x80) {
        d->alt = FALSE;
        restart(d, byte, now);
        return;
    }
    d->seq[d->n_seq++] = (char)byte;
    d->touched = now;
    if (d->n_seq < d->skip)
        return;
    d->seq[d->n_seq] = '\0';
    d->state = GROUND;
    if (g_utf8_validate(d->seq, (gssize)d->n_seq, NULL))
        character(d, d->seq, now);
    d->alt = FALSE;
}

static void high_byte(InputDecoder *d, guchar byte, gint64 now)
{
    if (d->charset == CHARSET_LATIN1) {
        char utf8[7] = {0};
        g_unichar_to_utf8(byte, utf8);
        if (byte == 0x9b)
            begin(d, CSI, now);
        else if (byte == 0x8f)
            begin(d, SS3, now);
        else
            character(d, utf8, now);
        return;
    }
    guint length = byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3
                                               : byte >= 0xf0 && byte < 0xf5   ? 4
                                                                               : 0;
    if (length == 0) {
        d->alt = FALSE;
        return;
    }
    begin(d, UTF8, now);
    d->seq[d->n_seq++] = (char)byte;
    d->skip = length;
}

static void ground_byte(InputDecoder *d, guchar byte, gint64 now)
{
    gboolean guarded = d->late_until > 0 && now <= d->late_until;
    d->late_until = 0;
    if (guarded && (byte == '[' || byte == 'O')) {
        begin(d, byte == '[' ? CSI : SS3, now);
        d->late = TRUE;
    } else if (guarded && input_keys_function((char)byte)) {
        char digit[2] = {(char)byte, '\0'};
        late_key(d, digit, input_keys_function((char)byte), now);
    } else if (byte == 0x1b) {
        begin(d, ESCAPE, now);
        d->alt = FALSE;
    } else if (byte >= 0x80) {
        high_byte(d, byte, now);
    } else if (byte < 0x20 || byte == 0x7f) {
        const char *name = input_keys_control(byte);
        if (name)
            key(d, name, NULL, now, FALSE);
    } else {
        char text[2] = {(char)byte, '\0'};
        character(d, text, now);
    }
}

static void string_byte(InputDecoder *d, guchar byte, gint64 now)
{
    d->touched = now;
    if (byte == '\a' || (byte == '\\' && d->n_seq == 1))
        d->state = GROUND;
    d->n_seq = byte == 0x1b; /* seen the first half of ESC \ */
}

/* ---- pastes ---- */

static void paste_end(InputDecoder *d, gint64 now)
{
    g_autofree char *utf8 = d->charset == CHARSET_LATIN1
                                ? g_convert(d->paste->str, (gssize)d->paste->len, "UTF-8",
                                            "ISO-8859-1", NULL, NULL, NULL)
                                : g_utf8_make_valid(d->paste->str, (gssize)d->paste->len);
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *p = utf8 ? utf8 : ""; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);
        if (ch == '\r' && p[1] == '\n')
            continue;
        if (ch == '\r')
            ch = '\n';
        if (ch == '\n' || ch == '\t' || (ch >= 0x20 && !(ch >= 0x7f && ch < 0xa0)))
            g_string_append_unichar(text, ch);
    }
    d->state = GROUND;
    release(d);
    tell_text(d, text, now);
}

static void paste_byte(InputDecoder *d, guchar byte, gint64 now)
{
    static const char end[] = "\033[201~";
    const gsize n = sizeof end - 1;
    d->touched = now;
    g_string_append_c(d->paste, (char)byte);
    if (byte == '~' && d->paste->len >= n && strcmp(d->paste->str + d->paste->len - n, end) == 0) {
        g_string_truncate(d->paste, d->paste->len - n);
        paste_end(d, now);
    } else if (d->paste->len > 2 * INPUT_TEXT_MAX) {
        /* beyond any use: keep only what the end marker may stand in */
        g_string_erase(d->paste, INPUT_TEXT_MAX + 1, (gssize)(d->paste->len - INPUT_TEXT_MAX - 1 - n));
    }
}

/* ---- the clock ---- */

void input_decoder_feed(InputDecoder *d, const char *bytes, gsize n, gint64 now)
{
    static void (*const on_byte[])(InputDecoder *, guchar, gint64) = {
        [GROUND] = ground_byte, [ESCAPE] = escape_byte, [CSI] = csi_byte,   [SS3] = ss3_byte,
        [STRING] = string_byte, [UTF8] = utf8_byte,     [PASTE] = paste_byte,
    };
    d->keys_of_read = 0;
    for (gsize i = 0; i < n; i++) {
        if (d->state != MOUSE) {
            on_byte[d->state](d, (guchar)bytes[i], now);
        } else {
            d->touched = now;
            if (--d->skip == 0)
                d->state = GROUND;
        }
    }
    if (d->held->len > 0 && !must_hold(d))
        release(d);
}

static gint64 patience(const InputDecoder *d)
{
    return d->state == ESCAPE ? INPUT_ESC_US : d->state == PASTE ? PASTE_STALL_US : INPUT_LATE_US;
}

gint64 input_decoder_deadline(const InputDecoder *d)
{
    if (d->state != GROUND)
        return d->touched + patience(d);
    if (d->held->len > 0)
        return g_array_index(d->held, Held, d->held->len - 1).at + INPUT_BURST_US + 1;
    return 0;
}

/* An unfinished thing has waited long enough: a lone Esc acts, all else is given up. */
static void give_up(InputDecoder *d, gint64 now)
{
    State state = d->state;
    d->keys_of_read = 0;
    if (state == PASTE) {
        paste_end(d, now);
        return;
    }
    d->state = GROUND;
    d->alt = FALSE;
    if (state == ESCAPE) {
        key(d, "<Esc>", NULL, d->touched, FALSE);
        d->late_until = d->touched + INPUT_LATE_US;
    } else if (d->late && d->n_seq == 0 && (state == CSI || state == SS3)) {
        /* nothing followed: it was typed after all */
        const char *typed = state == CSI ? "[" : "O";
        key(d, typed, typed, d->touched, TRUE);
    }
    d->late = FALSE;
}

void input_decoder_due(InputDecoder *d, gint64 now)
{
    if (d->state != GROUND && now >= d->touched + patience(d))
        give_up(d, now);
    if (d->state == GROUND && now >= input_decoder_deadline(d))
        release(d);
}

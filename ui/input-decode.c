/* SPDX-License-Identifier: GPL-3.0-or-later
 * The first stage of input: turns bytes into keys and knows escape sequences, late halves and pastes.
 * The second (input-burst.c) turns keys that come closer than a millisecond into text. */
#include "ui/input-burst.h"
#include "ui/input-keys.h"

#include <string.h>

#define SEQUENCE_MAX 64
/* A paste whose end never comes must not take the keyboard for ever. */
#define PASTE_STALL_US (3 * G_TIME_SPAN_SECOND)

typedef enum { GROUND, ESCAPE, CSI, SS3, STRING, MOUSE, UTF8, PASTE } State;

struct InputDecoder {
    Charset charset;
    GHashTable *sequences; /* of this terminal: bytes → name */

    State state;
    gint64 touched;      /* when the last byte of the unfinished thing came */
    gboolean late;       /* its Esc has acted already: swallow it */
    gboolean alt;        /* ESC stood before this character */
    gboolean esc_types;
    gint64 late_until;   /* after a lone Esc: "[" and "O" before this are late halves */
    char seq[SEQUENCE_MAX];
    gsize n_seq;
    guint skip;          /* MOUSE: bytes to come; UTF8: likewise */
    GString *paste;

    InputBurst *burst;
};

InputDecoder *input_decoder_new(Charset charset, InputFn fn, gpointer data)
{
    InputDecoder *d = g_new0(InputDecoder, 1);
    d->charset = charset;
    d->sequences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    d->paste = g_string_new(NULL);
    d->burst = input_burst_new(fn, data);
    return d;
}

void input_decoder_free(InputDecoder *d)
{
    if (!d)
        return;
    g_hash_table_unref(d->sequences);
    g_string_free(d->paste, TRUE);
    input_burst_free(d->burst);
    g_free(d);
}

void input_decoder_add(InputDecoder *d, const char *bytes, const char *name)
{
    if (bytes[0] == '\033' && bytes[1])
        g_hash_table_replace(d->sequences, g_strdup(bytes), g_strdup(name));
}

void input_decoder_text_mode(InputDecoder *d, gboolean text)
{
    input_burst_text_mode(d->burst, text);
}

void input_decoder_esc_types(InputDecoder *d, gboolean plain)
{
    d->esc_types = plain;
}

/* ---- bytes to keys ---- */

static void character(InputDecoder *d, const char *utf8, gint64 at)
{
    gunichar ch = g_utf8_get_char(utf8);
    if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
        return;
    if (d->alt) {
        g_autofree char *name = g_strdup_printf("<M-%s>", utf8);
        input_burst_key(d->burst, name, NULL, at, FALSE);
    } else {
        input_burst_key(d->burst, ch == ' ' ? "<Space>" : utf8, utf8, at, FALSE);
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
        input_burst_late(d->burst, half, input_burst_nothing, now);
        return;
    }
    g_autofree char *bytes = g_strdup_printf("\033%c%s%c", is_ss3 ? 'O' : '[', d->seq, final);
    const char *named = g_hash_table_lookup(d->sequences, bytes);
    g_autofree char *name = named     ? g_strdup(named)
                            : is_ss3 ? input_keys_ss3(d->seq[0], final)
                                     : input_keys_csi(d->seq, final);
    if (name)
        input_burst_key(d->burst, name, name[0] == '<' && name[1] ? NULL : name, now, FALSE);
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
        input_burst_key(d->burst, function, NULL, now, FALSE);
    } else if (byte < 0x20 || byte == 0x7f) {
        input_burst_key(d->burst, "<Esc>", NULL, since, FALSE);
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
    } else if (guarded && !d->esc_types && input_keys_function((char)byte)) {
        char digit[2] = {(char)byte, '\0'};
        input_burst_late(d->burst, digit, input_keys_function((char)byte), now);
    } else if (byte == 0x1b) {
        begin(d, ESCAPE, now);
        d->alt = FALSE;
    } else if (byte >= 0x80) {
        high_byte(d, byte, now);
    } else if (byte < 0x20 || byte == 0x7f) {
        const char *name = input_keys_control(byte);
        if (name)
            input_burst_key(d->burst, name, NULL, now, FALSE);
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
    input_burst_release(d->burst);
    input_burst_text(d->burst, text, now, TRUE);
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
    input_burst_read_begins(d->burst);
    for (gsize i = 0; i < n; i++) {
        if (d->state != MOUSE) {
            on_byte[d->state](d, (guchar)bytes[i], now);
        } else {
            d->touched = now;
            if (--d->skip == 0)
                d->state = GROUND;
        }
    }
    if (d->state == GROUND)
        input_burst_read_ends(d->burst);
}

static gint64 patience(const InputDecoder *d)
{
    return d->state == ESCAPE ? INPUT_ESC_US : d->state == PASTE ? PASTE_STALL_US : INPUT_LATE_US;
}

gint64 input_decoder_deadline(const InputDecoder *d)
{
    return d->state != GROUND ? d->touched + patience(d) : input_burst_deadline(d->burst);
}

/* An unfinished thing has waited long enough: a lone Esc acts, all else is given up. */
static void give_up(InputDecoder *d, gint64 now)
{
    State state = d->state;
    input_burst_read_begins(d->burst);
    if (state == PASTE) {
        paste_end(d, now);
        return;
    }
    d->state = GROUND;
    d->alt = FALSE;
    if (state == ESCAPE) {
        input_burst_key(d->burst, "<Esc>", NULL, d->touched, FALSE);
        d->late_until = d->touched + INPUT_LATE_US;
    } else if (d->late && d->n_seq == 0 && (state == CSI || state == SS3)) {
        /* nothing followed: it was typed after all */
        const char *typed = state == CSI ? "[" : "O";
        input_burst_key(d->burst, typed, typed, d->touched, TRUE);
    }
    d->late = FALSE;
}

void input_decoder_due(InputDecoder *d, gint64 now)
{
    if (d->state != GROUND && now >= d->touched + patience(d))
        give_up(d, now);
    if (d->state == GROUND && now >= input_decoder_deadline(d))
        input_burst_release(d->burst);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/input.h — bytes to keys. Reads the terminal's bytes itself on the main loop, never waits, and
 * tells keys from text that arrives like text: pastes, scanner bursts (more than one key a
 * millisecond) and late halves of split sequences never become commands. A lone Esc acts after
 * 25 ms. Knows nothing of keymaps or views. The decoder is pure and takes the time as an argument. */
#pragma once
#include "ui/term.h"

#define INPUT_ESC_US (25 * 1000)     /* a lone Esc acts after this */
#define INPUT_LATE_US (600 * 1000)   /* late bytes of a sequence are swallowed for this long */
#define INPUT_BURST_US 1000          /* keys closer than this are a burst */
#define INPUT_REPEAT_US (150 * 1000) /* the same key again within this is a repeat */
#define INPUT_TEXT_MAX (4u << 20)    /* longest paste; the rest is dropped and said */

typedef enum {
    INPUT_KEY,    /* one key: @name, and @text when it types something */
    INPUT_TEXT,   /* pasted or burst text: never a command. Line ends are \n */
    INPUT_RESIZE, /* the terminal has a new size */
    INPUT_CLOSED, /* the terminal is gone */
} InputKind;

typedef struct {
    InputKind kind;
    const char *name; /* keymap token: "n", "å", "<Space>", "<F1>", "<C-r>", "<S-Tab>"; borrowed */
    const char *text; /* what it types ("n", " ") or the pasted text; NULL for other keys; borrowed */
    gint64 read_at;   /* monotonic µs when its last byte was read */
    gboolean queued;  /* of a burst, not the first of its read, or late: never signs */
    gboolean repeated; /* the same key came just before: never signs */
    gboolean cut;     /* INPUT_TEXT: longer than INPUT_TEXT_MAX */
    gboolean pasted;  /* INPUT_TEXT: between a terminal's brackets; else it came like text and may be keys */
} InputEvent;

typedef void (*InputFn)(const InputEvent *event, gpointer data);

/* ---- the pure decoder (input-decode.c) ---- */
typedef struct InputDecoder InputDecoder;
InputDecoder *input_decoder_new(Charset charset, InputFn fn, gpointer data);
void input_decoder_free(InputDecoder *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InputDecoder, input_decoder_free)
/* A sequence of this terminal beside the built-in ones. */
void input_decoder_add(InputDecoder *d, const char *bytes, const char *name);
/* In text fields a printable key acts at once; elsewhere it is held 1 ms to see if more follows. */
void input_decoder_text_mode(InputDecoder *d, gboolean text);
/* Esc is a key among others: a digit typed behind it is a digit, not the twin of a function key. */
void input_decoder_esc_types(InputDecoder *d, gboolean plain);
/* @n bytes that one read gave at @now (monotonic µs). */
void input_decoder_feed(InputDecoder *d, const char *bytes, gsize n, gint64 now);
/* When input_decoder_due() must be called, monotonic µs; 0 = nothing pending. */
gint64 input_decoder_deadline(const InputDecoder *d);
void input_decoder_due(InputDecoder *d, gint64 now);

/* ---- on the main loop (input.c) ---- */
typedef struct Input Input;
Input *input_new(Term *term, InputFn fn, gpointer data);
void input_free(Input *i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Input, input_free)
void input_text_mode(Input *i, gboolean text);
void input_esc_types(Input *i, gboolean plain);
/* TRUE when nothing that was typed waits to be read or to be understood: what comes now is typed now. */
gboolean input_quiet(const Input *i);
/* Bytes as if typed now: macros and test scripts use the same entrance. */
void input_feed(Input *i, const char *bytes, gsize n);
/* The bytes of a key written as in keymaps ("<F1>", "<C-r>", "å"); NULL when unknown. Owned. */
char *input_key_bytes(const char *name);

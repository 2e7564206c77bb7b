/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bytes from a terminal with times between them: each byte pair is (gap in 4 ms steps, byte); the
 * first byte chooses charset and mode. Nothing stays pending, every key has a name and valid text. */
#include "fuzz.h"
#include "ui/input.h"

static void on_event(const InputEvent *e, gpointer data)
{
    (void)data;
    if (e->kind == INPUT_KEY)
        FUZZ_CHECK(e->name && *e->name && g_utf8_validate(e->name, -1, NULL));
    if (e->text)
        FUZZ_CHECK(g_utf8_validate(e->text, -1, NULL));
}

static gint64 wait_until(InputDecoder *d, gint64 until)
{
    gint64 due;
    while ((due = input_decoder_deadline(d)) != 0 && due <= until)
        input_decoder_due(d, due);
    return until;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    g_autoptr(InputDecoder) d = input_decoder_new(data[0] & 1 ? CHARSET_LATIN1 : CHARSET_UTF8, on_event, NULL);
    input_decoder_text_mode(d, (data[0] & 2) != 0);
    gint64 now = G_TIME_SPAN_SECOND;
    for (size_t i = 1; i + 1 < size; i += 2) {
        char byte = (char)data[i + 1];
        now = wait_until(d, now + data[i] * 4000);
        input_decoder_feed(d, &byte, 1, now);
    }
    wait_until(d, now + 10 * G_TIME_SPAN_SECOND);
    FUZZ_CHECK(input_decoder_deadline(d) == 0);
    return 0;
}

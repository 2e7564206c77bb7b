/* SPDX-License-Identifier: GPL-3.0-or-later
 * spell/protocol.h — the wire between a session and rond-spell: one message of fixed size each way over
 * SOCK_SEQPACKET. Only words cross it, never where they stand. Neither end trusts the other: what is
 * not of this size ends it, and every word is cut at its end. */
#pragma once
#include <stdint.h>

#define SPELL_WORD_BYTES 64  /* with its NUL; a longer word is not judged */
#define SPELL_BATCH 64       /* as many as there are bits in @wrong */
#define SPELL_SUGGESTIONS 9  /* one for each digit */

enum spell_op {
    SPELL_HELLO = 1, /* from rond-spell, unasked, once: @count dictionaries; word: those it has not */
    SPELL_CHECK,     /* the answer says in @wrong which of the words no dictionary has */
    SPELL_SUGGEST,   /* word[0]; the answer has at most SPELL_SUGGESTIONS, the best of the first dictionary first;
                        @wrong says which are another dictionary's */
    SPELL_ADD,       /* right from now on, for as long as it lives; the answer is empty */
};

struct spell_message {
    uint32_t id; /* an answer has its question's */
    uint16_t op;
    uint16_t count;
    uint64_t wrong;
    char word[SPELL_BATCH][SPELL_WORD_BYTES]; /* UTF-8, NFC */
};

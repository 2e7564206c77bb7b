/* SPDX-License-Identifier: GPL-3.0-or-later
 * print/protocol.h — what goes between the session and rond-print: one small message each way on a
 * SOCK_SEQPACKET pair, and three files without a name that the session made and owns. The only header
 * of this room that others may include. Documents and pages are GVariants, so that no text in them can
 * be taken for anything else. The session owns the deadline; what goes on after it ends itself. */
#pragma once
#include <stdint.h>

/* name, number, title; marks for the head of every page; foot of every page; the words for "page" and
 * "of"; blocks of kind and text. Whatever the text is, the helper makes it safe before it is set. */
#define PRINT_DOCUMENT_TYPE "(sssassssa(ys))"
/* Pages, each of rows from the top: kind, goes on in the next row, text. */
#define PRINT_PAGES_TYPE "aa(yys)"

#define PRINT_MAX_DOCUMENT (32 << 20)
#define PRINT_MAX_FILE (256 << 20)
#define PRINT_MAX_PAGES 500
#define PRINT_COLUMNS 78 /* so many cells are a row: a page stands as it is on 80 columns */
#define PRINT_ROWS 62    /* of a page of A4 */

enum print_kind {
    PRINT_GAP,
    PRINT_HEADING,
    PRINT_FACT,   /* about what follows: author, signer, when */
    PRINT_NOTICE, /* what is not there, or must not be overlooked */
    PRINT_TEXT,   /* words of the record, each line as it was written */
    PRINT_HEAD,   /* pages only: their head, their foot */
    PRINT_FOOT,
    PRINT_RUNNING, /* blocks only: what stands in the head of the pages that follow, until the next of its kind; "" nothing */
    PRINT_KINDS
};

enum print_file { PRINT_DOCUMENT_FD, PRINT_PDF_FD, PRINT_PAGES_FD, PRINT_FDS };

enum print_status {
    PRINT_OK,
    PRINT_BAD_DOCUMENT,
    PRINT_TOO_LONG, /* more pages than PRINT_MAX_PAGES: nothing was made */
    PRINT_NO_FONT,
    PRINT_FAILED,
};

struct print_request {
    uint32_t id; /* with PRINT_FDS files by SCM_RIGHTS */
};

struct print_reply {
    uint32_t id, status;
    uint32_t pages;
    uint32_t missing; /* signs that no font has: a box stands there */
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/known.h"

#include <glib/gi18n-lib.h>

static const char *const sentences[DOUBTS] = {
    [DOUBT_FOREIGN] = N_("The core's answer held data about another patient; it was left out."),
    [DOUBT_ELSEWHERE] = N_("The core's answer held something of another server; it was left out."),
    [DOUBT_UNREADABLE] = N_("Something in the core's answer could not be read."),
    [DOUBT_OUTCOME] = N_("The core could not give everything that was asked for."),
    [DOUBT_KIND] = N_("The core's answer is not the result of a search."),
    [DOUBT_QUESTION] = N_("The core did not understand the whole question."),
    [DOUBT_UNCHECKED] = N_("The core does not say whether it understood the whole question."),
    [DOUBT_VERSIONS] = N_("The core gave one thing in two versions and does not say which is the newer."),
    [DOUBT_SHIFTED] = N_("The list moved while it was read; something in it may be missing."),
    [DOUBT_SERVER] = N_("The next page lies on another server and was not fetched."),
    [DOUBT_CIRCLE] = N_("The core's pages go round in a circle; the list may be cut."),
    [DOUBT_PAGES] = N_("Not all pages could be fetched."),
};

const char *doubt_words(Doubt doubt)
{
    return doubt > DOUBT_NONE && doubt < DOUBTS ? sentences[doubt] : NULL;
}

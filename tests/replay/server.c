/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay-server STORY.json [--socket PATH] [--cut BYTE] — plays a story to a program of its own. Says
 * its base address on the first line; at SIGTERM says what went otherwise than told, and ends with 1
 * where something did. */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "replay/replay.h"

static gboolean on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
    char *socket = NULL;
    gint64 cut = 0;
    const GOptionEntry entries[] = {
        {"socket", 0, 0, G_OPTION_ARG_FILENAME, &socket, "a Unix socket instead of loopback TCP", "PATH"},
        {"cut", 0, 0, G_OPTION_ARG_INT64, &cut, "close once after that byte of all answers", "BYTE"},
        {0}};
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) options = g_option_context_new("STORY.json");
    g_option_context_add_main_entries(options, entries, NULL);
    Story *story = NULL;
    if (g_option_context_parse(options, &argc, &argv, &error) && argc == 2)
        story = story_read(argv[1], &error);
    if (!story) {
        fprintf(stderr, "replay-server: %s\n", error ? error->message : "one story");
        return 2;
    }
    g_autoptr(Replay) replay = replay_new(story, socket);
    replay_cut_at(replay, (gsize)cut);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, on_signal, loop);
    g_unix_signal_add(SIGINT, on_signal, loop);
    printf("%s%s\n", replay_origin(replay), socket ? "" : "/fhir");
    fflush(stdout);
    g_main_loop_run(loop);
    g_autofree char *verdict = replay_verdict(replay);
    fputs(verdict, stdout);
    fputs(replay_log(replay), stderr);
    return *verdict ? 1 : 0;
}

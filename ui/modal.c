/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/modal.h"

#include "base/text.h"

typedef struct {
    const ModalClass *cls;
    gpointer self;
} Modal;

struct ModalStack {
    GArray *open; /* Modal, top last */
};

ModalStack *modal_stack_new(void)
{
    ModalStack *s = g_new0(ModalStack, 1);
    s->open = g_array_new(FALSE, FALSE, sizeof(Modal));
    return s;
}

void modal_stack_free(ModalStack *s)
{
    if (!s)
        return;
    for (guint i = 0; i < s->open->len; i++) {
        Modal *m = &g_array_index(s->open, Modal, i);
        m->cls->free(m->self);
    }
    g_array_unref(s->open);
    g_free(s);
}

void modal_push(ModalStack *s, const ModalClass *cls, gpointer self)
{
    Modal m = {cls, self};
    g_array_append_val(s->open, m);
}

static Modal *top(const ModalStack *s)
{
    return s->open->len > 0 ? &g_array_index(s->open, Modal, s->open->len - 1) : NULL;
}

const ModalClass *modal_top(const ModalStack *s)
{
    const Modal *m = top(s);
    return m ? m->cls : NULL;
}

gboolean modal_input(ModalStack *s, const char *utf8, gboolean paste)
{
    Modal *m = top(s);
    if (!m)
        return FALSE;
    WidgetResult result = m->cls->input(m->self, utf8, paste);
    if (result & (WIDGET_ACCEPT | WIDGET_CANCEL)) {
        /* off the stack first: its callback may open the next */
        Modal done = *m;
        g_array_set_size(s->open, s->open->len - 1);
        done.cls->done(done.self, (result & WIDGET_ACCEPT) != 0);
        done.cls->free(done.self);
    }
    return TRUE; /* what lies over the view lets no key through */
}

void modal_paint(ModalStack *s, Canvas *c, const Layout *l)
{
    for (guint i = 0; i < s->open->len; i++) {
        Modal *m = &g_array_index(s->open, Modal, i);
        int rows = 0, cols = 0;
        m->cls->size(m->self, l->body, &rows, &cols);
        Rect r = layout_modal(l, rows, cols);
        canvas_push(c, r);
        m->cls->paint(m->self, c);
        canvas_pop(c);
    }
}

void modal_drop(ModalStack *s, gpointer self)
{
    for (guint i = 0; i < s->open->len; i++) {
        Modal m = g_array_index(s->open, Modal, i);
        if (m.self != self)
            continue;
        g_array_remove_index(s->open, i);
        m.cls->free(m.self);
        return;
    }
}

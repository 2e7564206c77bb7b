/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/protocol.h"
#include "card/training.h"

/* OpenSC 0.23 takes a lock twice when the card is pulled in the wrong moment and then waits for
 * itself for ever. With recursive locks of ours it does not. */
static CK_RV mutex_create(void **ret_mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutex_t *mutex = malloc(sizeof *mutex);

    if (!mutex)
        return CKR_HOST_MEMORY;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    *ret_mutex = mutex;
    return CKR_OK;
}

static CK_RV mutex_destroy(void *mutex) {
    pthread_mutex_destroy(mutex);
    free(mutex);
    return CKR_OK;
}

static CK_RV mutex_lock(void *mutex) {
    return pthread_mutex_lock(mutex) ? CKR_GENERAL_ERROR : CKR_OK;
}

static CK_RV mutex_unlock(void *mutex) {
    return pthread_mutex_unlock(mutex) ? CKR_MUTEX_NOT_LOCKED : CKR_OK;
}

void card_module_load(CardModule *m, const char *path) {
    char real[PATH_MAX];
    CK_C_GetFunctionList get_list;
    void *handle;

    /* The spy module writes every PIN to a log; looked for behind links too. */
    if (strstr(path, "pkcs11-spy") || (realpath(path, real) && strstr(real, "pkcs11-spy"))) {
        snprintf(m->why, sizeof m->why, "The card module %s logs the PIN and is refused.", path);
        return;
    }
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(m->why, sizeof m->why, "The card module cannot be loaded: %s", dlerror());
        return;
    }
    *(void **)&get_list = dlsym(handle, "C_GetFunctionList");
    if (!get_list || get_list(&m->p11) != CKR_OK || !m->p11 || m->p11->version.major < 2) {
        m->p11 = NULL;
        snprintf(m->why, sizeof m->why, "%s is not a PKCS#11 library.", path);
    }
}

static bool module_initialise(CardModule *m) {
    /* Both callbacks and the flag: callbacks alone are refused by p11-kit's client module. */
    CK_C_INITIALIZE_ARGS arguments = {mutex_create, mutex_destroy,       mutex_lock,
                                      mutex_unlock, CKF_OS_LOCKING_OK, NULL};

    if (m->initialised)
        return true;
    m->last = m->p11->C_Initialize(&arguments);
    m->initialised = m->last == CKR_OK || m->last == CKR_CRYPTOKI_ALREADY_INITIALIZED;
    return m->initialised;
}

static void slot_forget(CardModule *m, CardSlot *slot) {
    if (slot->open)
        m->p11->C_CloseSession(slot->session);
    slot->open = slot->logged_in = false;
}

/* In training only the card in the reader is there, although SoftHSM always has them all. */
static bool slot_in_reader(const CardModule *m, const CK_TOKEN_INFO *info) {
    TrainingReader reader;
    char padded[sizeof info->label + 1];

    if (!m->training_reader)
        return true;
    if (training_reader_state(m->training_reader, &reader) < 0 || !reader.present)
        return false;
    snprintf(padded, sizeof padded, "%-*s", (int)sizeof info->label, reader.label);
    return memcmp(padded, info->label, sizeof info->label) == 0;
}

/* A real card that was out has forgotten its login; SoftHSM has to be made to. */
static void forget_pulled(CardModule *m) {
    TrainingReader reader = {0};

    if (!m->training_reader)
        return;
    training_reader_state(m->training_reader, &reader);
    if (reader.counter != m->reader_counter)
        for (unsigned i = 0; i < m->n_slots; i++)
            slot_forget(m, &m->slot[i]);
    m->reader_counter = reader.counter;
}

bool card_module_token(CardModule *m, CK_SLOT_ID id, CK_TOKEN_INFO *ret_info) {
    m->last = m->p11->C_GetTokenInfo(id, ret_info);
    if (m->last == CKR_OK &&
        (!(ret_info->flags & CKF_TOKEN_INITIALIZED) || !slot_in_reader(m, ret_info)))
        m->last = CKR_TOKEN_NOT_PRESENT;
    return m->last == CKR_OK;
}

uint32_t card_module_refresh(CardModule *m) {
    CK_SLOT_ID present[CARD_MAX_SLOTS];
    CK_ULONG n = 0;
    CardSlot old[CARD_MAX_SLOTS];
    unsigned n_old = m->n_slots;
    CK_TOKEN_INFO info;

    if (!m->p11)
        return CARD_NO_MODULE;
    if (!module_initialise(m))
        return CARD_FAILED;
    forget_pulled(m);
    /* Asking for the number first makes the module look for new readers; the list itself is
     * frozen between the two calls. */
    m->last = m->p11->C_GetSlotList(CK_TRUE, NULL, &n);
    n = CARD_MAX_SLOTS;
    if (m->last == CKR_OK)
        m->last = m->p11->C_GetSlotList(CK_TRUE, present, &n);
    if (m->last != CKR_OK)
        return CARD_FAILED;

    memcpy(old, m->slot, sizeof old);
    m->n_slots = 0;
    for (CK_ULONG i = 0; i < n; i++) {
        CardSlot slot = {.id = present[i]};
        for (unsigned k = 0; k < n_old; k++)
            if (old[k].id == slot.id) {
                slot = old[k];
                old[k].open = false;
            }
        if (card_module_token(m, slot.id, &info))
            m->slot[m->n_slots++] = slot;
        else
            slot_forget(m, &slot);
    }
    for (unsigned k = 0; k < n_old; k++)
        slot_forget(m, &old[k]);
    return m->n_slots ? CARD_OK : CARD_NO_TOKEN;
}

static CardSlot *slot_find(CardModule *m, CK_SLOT_ID id) {
    for (unsigned i = 0; i < m->n_slots; i++)
        if (m->slot[i].id == id)
            return &m->slot[i];
    return NULL;
}

CardSlot *card_module_slot(CardModule *m, CK_SLOT_ID id) {
    CardSlot *slot = slot_find(m, id);
    CK_SESSION_INFO session;
    CK_TOKEN_INFO info;

    forget_pulled(m);
    if (!slot) {
        card_module_refresh(m);
        slot = slot_find(m, id);
    }
    if (!slot) {
        m->last = CKR_TOKEN_NOT_PRESENT;
        return NULL;
    }
    if (!card_module_token(m, id, &info)) {
        slot_forget(m, slot);
        return NULL;
    }
    /* A session from before a pull is invalid for good, also when the card is back. */
    if (slot->open && m->p11->C_GetSessionInfo(slot->session, &session) != CKR_OK)
        slot_forget(m, slot);
    if (!slot->open) {
        m->last = m->p11->C_OpenSession(id, CKF_SERIAL_SESSION, NULL, NULL, &slot->session);
        if (m->last != CKR_OK)
            return NULL;
        slot->open = true;
    }
    return slot;
}

void card_module_logout(CardModule *m, CardSlot *slot) {
    if (slot->open && slot->logged_in)
        m->last = m->p11->C_Logout(slot->session);
    slot_forget(m, slot);
}

uint32_t card_flags(const CK_TOKEN_INFO *info) {
    static const struct {
        CK_FLAGS token;
        uint32_t ours;
    } map[] = {
        {CKF_USER_PIN_COUNT_LOW, CARD_FLAG_COUNT_LOW},
        {CKF_USER_PIN_FINAL_TRY, CARD_FLAG_FINAL_TRY},
        {CKF_USER_PIN_LOCKED, CARD_FLAG_LOCKED},
        {CKF_PROTECTED_AUTHENTICATION_PATH, CARD_FLAG_PIN_PAD},
    };
    uint32_t flags = 0;

    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (info->flags & map[i].token)
            flags |= map[i].ours;
    return flags;
}

static bool token_still_there(CardModule *m, CK_SLOT_ID id) {
    CK_SLOT_INFO info;
    return m->p11->C_GetSlotInfo(id, &info) == CKR_OK && (info.flags & CKF_TOKEN_PRESENT);
}

uint32_t card_module_status(CardModule *m, CardSlot *slot, CK_RV rv) {
    m->last = rv;
    switch (rv) {
    case CKR_OK:
        return CARD_OK;
    case CKR_PIN_INCORRECT:
        return CARD_PIN_WRONG;
    case CKR_PIN_LOCKED:
        return CARD_PIN_LOCKED;
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_INVALID:
        return CARD_PIN_FORMAT;
    case CKR_USER_NOT_LOGGED_IN:
        return CARD_NOT_LOGGED_IN;
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
        return CARD_NO_KEY;
    case CKR_ARGUMENTS_BAD: /* SoftHSM's answer to OAEP with SHA-256 */
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
        return CARD_UNSUPPORTED;
    case CKR_DEVICE_REMOVED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_SLOT_ID_INVALID:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
        if (slot)
            slot_forget(m, slot);
        return CARD_NO_TOKEN;
    case CKR_GENERAL_ERROR: /* OpenSC's first answer after a pull */
    case CKR_DEVICE_ERROR:
        if (slot && !token_still_there(m, slot->id)) {
            slot_forget(m, slot);
            return CARD_NO_TOKEN;
        }
        return CARD_FAILED;
    default:
        return CARD_FAILED;
    }
}

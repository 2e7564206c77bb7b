/* SPDX-License-Identifier: GPL-3.0-or-later
 * A PKCS#11 module that misbehaves as the environment variable FAKE says:
 *   tries       three tries for the PIN 4711, with the flags of a real card
 *   pad         a reader with a PIN pad: a PIN that comes over C_Login is refused
 *   crash       in C_Login
 *   hang        in C_Login
 *   hang-start  in C_Initialize
 *   pulled      C_Login says that the device was removed
 *   noisy       writes to stdout and stderr
 *   network     in C_Login, tries to reach others: CKR_OK when only the sockets of this machine can be made */
#include <errno.h>
#include <p11-kit/pkcs11.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret_list);

static int tries = 3;

static int is(const char *mode) {
    const char *fake = getenv("FAKE");
    return fake && strcmp(fake, mode) == 0;
}

static CK_RV initialize(void *arguments) {
    const CK_C_INITIALIZE_ARGS *a = arguments;
    if (is("hang-start"))
        pause();
    if (is("noisy")) {
        puts("noise");
        fflush(stdout);
        fputs("noise\n", stderr);
    }
    /* What rond-card must always give: all four locks, and leave to use the system's. */
    return a && a->CreateMutex && a->DestroyMutex && a->LockMutex && a->UnlockMutex &&
                   (a->flags & CKF_OS_LOCKING_OK)
               ? CKR_OK
               : CKR_CANT_LOCK;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *n) {
    if (list)
        list[0] = 7;
    *n = 1;
    return CKR_OK;
}

static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
    memset(info, 0, sizeof *info);
    info->flags = is("pulled") ? 0 : CKF_TOKEN_PRESENT;
    return CKR_OK;
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
    memset(info, 0, sizeof *info);
    memset(info->label, ' ', sizeof info->label);
    info->flags = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED;
    info->ulMinPinLen = 4;
    info->ulMaxPinLen = 8;
    if (is("pad"))
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    if (tries == 2)
        info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (tries == 1)
        info->flags |= CKF_USER_PIN_FINAL_TRY;
    if (tries == 0)
        info->flags |= CKF_USER_PIN_LOCKED;
    return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *data, CK_NOTIFY notify,
                          CK_SESSION_HANDLE *ret_session) {
    *ret_session = 1;
    return CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session) {
    return CKR_OK;
}

static CK_RV get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info) {
    return CKR_OK;
}

/* Also with what the kernel does not look at of the family, and by the road that does without the call. */
static CK_RV reach_others(void) {
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
    int own = socket(AF_UNIX, SOCK_STREAM, 0);

    if (own < 0)
        return CKR_FUNCTION_FAILED;
    close(own);
    for (int family = 0; family < AF_MAX + 8; family++)
        for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
            if (family != AF_UNIX && (socket(family, types[i], 0) >= 0 || errno != EPERM))
                return CKR_DEVICE_ERROR;
    if (syscall(SYS_socket, 0x100000000L | AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return CKR_DEVICE_ERROR;
    return syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EPERM ? CKR_OK : CKR_DEVICE_ERROR;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len) {
    if (is("crash")) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would report it */
        raise(SIGSEGV);
    }
    if (is("hang"))
        pause();
    if (is("pulled"))
        return CKR_GENERAL_ERROR;
    if (is("network"))
        return reach_others();
    if (is("pad"))
        return pin || len ? CKR_ARGUMENTS_BAD : CKR_OK;
    if (tries && len == 4 && memcmp(pin, "4711", 4) == 0) {
        tries = 3;
        return CKR_OK;
    }
    if (tries)
        tries--;
    return tries ? CKR_PIN_INCORRECT : CKR_PIN_LOCKED;
}

static CK_RV logout(CK_SESSION_HANDLE session) {
    return CKR_OK;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret_list) {
    static CK_FUNCTION_LIST list = {
        .version = {2, 40},
        .C_Initialize = initialize,
        .C_GetSlotList = get_slot_list,
        .C_GetSlotInfo = get_slot_info,
        .C_GetTokenInfo = get_token_info,
        .C_OpenSession = open_session,
        .C_CloseSession = close_session,
        .C_GetSessionInfo = get_session_info,
        .C_Login = login,
        .C_Logout = logout,
    };
    *ret_list = &list;
    return CKR_OK;
}

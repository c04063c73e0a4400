/* SPDX-License-Identifier: Apache-2.0 */
/* A pcscd driver that makes one reader of one slot out of the vpcd driver, as often as asked.
 *
 * Debian's vpcd driver has two slots compiled in and one table for the whole process, so that
 * two reader.conf blocks cannot share it. This driver loads a private copy of it for each
 * reader (from a memory file, so that the linker takes it for another library), hands every
 * call on as slot 0, and reports one slot. It does not look into what passes.
 *
 * As drivers of USB readers do, it tells pcscd at once that a card comes or goes, by a look at the
 * copy's sockets; pcscd alone would ask every 400 ms, and would wait so long in each test.
 *
 * A card that went is absent once for the thread of pcscd that watches the reader, however fast
 * another comes: told only to a program that resets it, pcscd would call the reader empty for ever.
 *
 * DEVICENAME is /dev/null:PORT as for vpcd. /dev/null:PORT:extended also announces, by
 * PC/SC part 10, that extended APDUs pass; Debian's driver says nothing about it. */

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

#define VPCD_DRIVER "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
#define READERS_MAX 16 /* pcscd's own limit */
#define DESCRIPTORS_MAX 128
#define WAIT_MS 400 /* pcscd's own pace, should there be no socket to look at */
#define IOCTL_TLV_PROPERTIES SCARD_CTL_CODE(3600)
#define EXPORTED __attribute__((visibility("default")))

struct vpcd {
	RESPONSECODE (*create)(DWORD, DWORD);
	RESPONSECODE (*close)(DWORD);
	RESPONSECODE (*get)(DWORD, DWORD, PDWORD, PUCHAR);
	RESPONSECODE (*set)(DWORD, DWORD, DWORD, PUCHAR);
	RESPONSECODE (*protocol)(DWORD, DWORD, UCHAR, UCHAR, UCHAR, UCHAR);
	RESPONSECODE (*power)(DWORD, DWORD, PUCHAR, PDWORD);
	RESPONSECODE(*transmit)
	(DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD, PSCARD_IO_HEADER);
	RESPONSECODE (*presence)(DWORD);
};

struct reader {
	bool used, extended;
	bool present; /* at the last look */
	bool untold;  /* it went, and the watcher does not know */
	DWORD lun, port;
	int fd; /* stays open: its number is the copy's name for the dynamic linker */
	void *library;
	struct vpcd vpcd;
};

/* pcscd calls for one reader from one thread at a time; the table itself is guarded. */
static struct reader readers[READERS_MAX];
static pthread_mutex_t readers_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool is_watcher;

static struct reader *reader_find(DWORD lun)
{
	struct reader *found = NULL;

	pthread_mutex_lock(&readers_lock);
	for (size_t i = 0; i < READERS_MAX && !found; i++)
		if (readers[i].used && readers[i].lun == lun)
			found = &readers[i];
	pthread_mutex_unlock(&readers_lock);
	return found;
}

static struct reader *reader_take(DWORD lun)
{
	struct reader *taken = NULL;

	pthread_mutex_lock(&readers_lock);
	for (size_t i = 0; i < READERS_MAX && !taken; i++)
		if (!readers[i].used)
			taken = &readers[i];
	if (taken)
		*taken = (struct reader){ .used = true, .lun = lun, .fd = -1 };
	pthread_mutex_unlock(&readers_lock);
	return taken;
}

static void reader_release(struct reader *reader)
{
	if (reader->library)
		dlclose(reader->library);
	if (reader->fd >= 0)
		close(reader->fd);
	pthread_mutex_lock(&readers_lock);
	reader->used = false;
	pthread_mutex_unlock(&readers_lock);
}

/* A copy of the vpcd driver in a memory file, or -1. */
static int vpcd_copy(void)
{
	int in = open(VPCD_DRIVER, O_RDONLY | O_CLOEXEC);
	int out = memfd_create("libifdvpcd", MFD_CLOEXEC);
	ssize_t sent = -1;

	if (in >= 0 && out >= 0)
		do
			sent = sendfile(out, in, NULL, 1 << 20);
		while (sent > 0);
	if (in >= 0)
		close(in);
	if (sent < 0 && out >= 0) {
		close(out);
		out = -1;
	}
	return out;
}

static bool vpcd_load(struct reader *reader)
{
	struct vpcd *vpcd = &reader->vpcd;
	char path[40];
	const struct {
		const char *name;
		void *slot;
	} wanted[] = {
		{ "IFDHCreateChannel", &vpcd->create },
		{ "IFDHCloseChannel", &vpcd->close },
		{ "IFDHGetCapabilities", &vpcd->get },
		{ "IFDHSetCapabilities", &vpcd->set },
		{ "IFDHSetProtocolParameters", &vpcd->protocol },
		{ "IFDHPowerICC", &vpcd->power },
		{ "IFDHTransmitToICC", &vpcd->transmit },
		{ "IFDHICCPresence", &vpcd->presence },
	};

	reader->fd = vpcd_copy();
	if (reader->fd < 0)
		return false;
	snprintf(path, sizeof path, "/proc/self/fd/%d", reader->fd);
	reader->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!reader->library) {
		fprintf(stderr, "ifd-one: %s\n", dlerror());
		return false;
	}
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		void *symbol = dlsym(reader->library, wanted[i].name);

		if (!symbol)
			return false;
		memcpy(wanted[i].slot, &symbol, sizeof symbol);
	}
	return true;
}

/* /dev/null:PORT[:extended] */
static bool device_parse(const char *device, DWORD *ret_port, bool *ret_extended)
{
	const char *colon = device ? strchr(device, ':') : NULL;
	unsigned long port;
	char *end;

	if (!colon)
		return false;
	port = strtoul(colon + 1, &end, 0);
	if (end == colon + 1 || port == 0 || port > 65535)
		return false;
	if (*end && strcmp(end, ":extended") != 0)
		return false;
	*ret_port = port;
	*ret_extended = *end != '\0';
	return true;
}

static RESPONSECODE reader_open(DWORD lun, DWORD port, bool extended)
{
	struct reader *reader = reader_find(lun) ? NULL : reader_take(lun);
	RESPONSECODE rc = IFD_COMMUNICATION_ERROR;

	if (!reader)
		return rc;
	reader->extended = extended;
	reader->port = port;
	if (vpcd_load(reader))
		rc = reader->vpcd.create(0, port);
	if (rc != IFD_SUCCESS)
		reader_release(reader);
	return rc;
}

EXPORTED RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName)
{
	DWORD port;
	bool extended;

	if (!device_parse(DeviceName, &port, &extended))
		return IFD_NO_SUCH_DEVICE;
	return reader_open(Lun, port, extended);
}

EXPORTED RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD Channel)
{
	return reader_open(Lun, Channel, false);
}

EXPORTED RESPONSECODE IFDHCloseChannel(DWORD Lun)
{
	struct reader *reader = reader_find(Lun);
	RESPONSECODE rc;

	if (!reader)
		return IFD_NO_SUCH_DEVICE;
	rc = reader->vpcd.close(0);
	reader_release(reader);
	return rc;
}

/* The copy's sockets are those with the reader's port: one that listens, one with a card. */
static bool is_ours(int fd, DWORD port, bool *ret_listens)
{
	struct sockaddr_in address;
	socklen_t len = sizeof address, flag_len = sizeof(int);
	int listens = 0;

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
		address.sin_family != AF_INET || ntohs(address.sin_port) != port ||
		getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_len) != 0)
		return false;
	*ret_listens = listens != 0;
	return true;
}

/* pcscd calls this instead of sleeping, and asks for the card when it returns. The answer may come
 * for nothing; a descriptor may be another's by now. */
static RESPONSECODE wait_for_change(DWORD lun, int timeout)
{
	const struct reader *reader = reader_find(lun);
	struct pollfd fds[DESCRIPTORS_MAX];
	nfds_t count = 0;
	bool listens;

	is_watcher = true;
	if (!reader)
		return IFD_NO_SUCH_DEVICE;
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		if (is_ours(fd, reader->port, &listens))
			fds[count++] =
				(struct pollfd){ .fd = fd, .events = listens ? POLLIN : POLLRDHUP };
	poll(fds, count, timeout < WAIT_MS ? timeout : WAIT_MS);
	return IFD_SUCCESS;
}

static RESPONSECODE answer_waiter(PDWORD length, PUCHAR out)
{
	RESPONSECODE (*const waiter)(DWORD, int) = wait_for_change;

	if (!length || !out || *length < sizeof waiter)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(out, &waiter, sizeof waiter);
	*length = sizeof waiter;
	return IFD_SUCCESS;
}

static RESPONSECODE answer_byte(UCHAR value, PDWORD length, PUCHAR out)
{
	if (!length || !out || *length < 1)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	*out = value;
	*length = 1;
	return IFD_SUCCESS;
}

EXPORTED RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value)
{
	struct reader *reader;

	switch (Tag) {
	case TAG_IFD_SLOTS_NUMBER:
	case TAG_IFD_THREAD_SAFE:
		return answer_byte(1, Length, Value);
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		return answer_byte(READERS_MAX, Length, Value);
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		return answer_waiter(Length, Value);
	default:
		reader = reader_find(Lun);
		return reader ? reader->vpcd.get(0, Tag, Length, Value) : IFD_NO_SUCH_DEVICE;
	}
}

EXPORTED RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD Tag, DWORD Length, PUCHAR Value)
{
	struct reader *reader = reader_find(Lun);

	return reader ? reader->vpcd.set(0, Tag, Length, Value) : IFD_NO_SUCH_DEVICE;
}

EXPORTED RESPONSECODE IFDHSetProtocolParameters(
	DWORD Lun, DWORD Protocol, UCHAR Flags, UCHAR PTS1, UCHAR PTS2, UCHAR PTS3)
{
	struct reader *reader = reader_find(Lun);

	return reader ? reader->vpcd.protocol(0, Protocol, Flags, PTS1, PTS2, PTS3)
		      : IFD_NO_SUCH_DEVICE;
}

/* The copy lets the card go when an exchange with it fails. */
static RESPONSECODE exchanged(struct reader *reader, RESPONSECODE rc)
{
	if (rc != IFD_SUCCESS && reader->present) {
		reader->present = false;
		reader->untold = !is_watcher;
	}
	return rc;
}

EXPORTED RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength)
{
	struct reader *reader = reader_find(Lun);

	return reader ? exchanged(reader, reader->vpcd.power(0, Action, Atr, AtrLength))
		      : IFD_NO_SUCH_DEVICE;
}

EXPORTED RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER SendPci, PUCHAR TxBuffer,
	DWORD TxLength, PUCHAR RxBuffer, PDWORD RxLength, PSCARD_IO_HEADER RecvPci)
{
	struct reader *reader = reader_find(Lun);

	return reader ? exchanged(reader, reader->vpcd.transmit(0, SendPci, TxBuffer, TxLength,
						  RxBuffer, RxLength, RecvPci))
		      : IFD_NO_SUCH_DEVICE;
}

EXPORTED RESPONSECODE IFDHICCPresence(DWORD Lun)
{
	struct reader *reader = reader_find(Lun);

	if (!reader)
		return IFD_NO_SUCH_DEVICE;
	if (reader->untold) {
		reader->untold = !is_watcher;
		return IFD_ICC_NOT_PRESENT;
	}
	RESPONSECODE rc = reader->vpcd.presence(0);

	if (rc != IFD_ICC_PRESENT)
		return exchanged(reader, rc);
	reader->present = true;
	return rc;
}

/* The vpcd driver of Debian 12 answers no control code, so none is handed on. */
EXPORTED RESPONSECODE IFDHControl(DWORD Lun, DWORD dwControlCode, PUCHAR TxBuffer, DWORD TxLength,
	PUCHAR RxBuffer, DWORD RxLength, LPDWORD pdwBytesReturned)
{
	static const UCHAR features[] = { FEATURE_GET_TLV_PROPERTIES, 4,
		(UCHAR)(IOCTL_TLV_PROPERTIES >> 24 & 0xFF),
		(UCHAR)(IOCTL_TLV_PROPERTIES >> 16 & 0xFF),
		(UCHAR)(IOCTL_TLV_PROPERTIES >> 8 & 0xFF), (UCHAR)(IOCTL_TLV_PROPERTIES & 0xFF) };
	static const UCHAR apdu_size[] = { PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize, 4, 0, 0, 1,
		0 };
	struct reader *reader = reader_find(Lun);
	const UCHAR *answer;

	(void)TxBuffer;
	(void)TxLength;
	if (!reader || !pdwBytesReturned)
		return IFD_NO_SUCH_DEVICE;
	*pdwBytesReturned = 0;
	if (!reader->extended)
		return IFD_ERROR_NOT_SUPPORTED;
	if (dwControlCode == CM_IOCTL_GET_FEATURE_REQUEST)
		answer = features;
	else if (dwControlCode == IOCTL_TLV_PROPERTIES)
		answer = apdu_size;
	else
		return IFD_ERROR_NOT_SUPPORTED;
	if (!RxBuffer || RxLength < sizeof features)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(RxBuffer, answer, sizeof features);
	*pdwBytesReturned = sizeof features;
	return IFD_SUCCESS;
}

# SPDX-License-Identifier: GPL-3.0-or-later
"""A card that is no training card: of a CA of its own, in pcscd's virtual reader under tests/card/vcard-env.sh."""
import os
import subprocess

PIN, HSA_ID, ISSUER = '471147', 'SE2329999993-P1', 'Provkort'
MODULES = [m for m in ('/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so', '/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so') if os.path.exists(m)]
ENVIRONMENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'card', 'vcard-env.sh')


def openssl(*args):
    subprocess.run(['openssl', *args], check=True, capture_output=True, timeout=60)


def authority(folder, name, common_name):
    """NAME.pem and NAME.key; the certificate's path."""
    pem = os.path.join(folder, name + '.pem')
    openssl('req', '-x509', '-utf8', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout',
            os.path.join(folder, name + '.key'), '-out', pem, '-days', '30', '-subj', f'/C=SE/O=Prov/CN={common_name}',
            '-addext', 'basicConstraints=critical,CA:TRUE')
    return pem


def certificate(folder, ca, name, subject, extensions, key=('ec', '-pkeyopt', 'ec_paramgen_curve:P-256'), form='PEM'):
    """NAME.key and NAME.pem (or .der) of the authority @ca; the certificate's path."""
    def path(end):
        return os.path.join(folder, name + end)
    with open(path('.ext'), 'w', encoding='ascii') as f:
        f.write(extensions + '\nbasicConstraints=CA:FALSE\n')
    openssl('req', '-utf8', '-nodes', '-newkey', *key, '-keyout', path('.key'), '-out', path('.csr'), '-subj', subject)
    openssl('x509', '-req', '-in', path('.csr'), '-CA', ca, '-CAkey', ca[:-4] + '.key', '-days', '10', '-extfile', path('.ext'),
            '-outform', form, '-out', path('.' + form.lower()))
    return path('.' + form.lower())


class Card:
    """A doctor's card with a key for login and one for drafts; `with` it is in the reader."""

    def __init__(self, folder, build):
        self.folder, self.program, self.process = folder, os.path.join(build, 'tests/card/pivcard'), None
        self.ca = authority(folder, 'ca', ISSUER + ' CA v1')
        who = f'/C=SE/O=Prov/CN=Petra Prov/SN=Prov/GN=Petra/serialNumber={HSA_ID}/title=Läkare'
        for name, usage, *key in (('9A', 'digitalSignature', 'rsa:2048'),
                                  ('9D', 'digitalSignature,keyAgreement', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')):
            certificate(folder, self.ca, name, who, f'keyUsage=critical,{usage}\nextendedKeyUsage=clientAuth', key, 'DER')

    def path(self, name):
        return os.path.join(self.folder, name)

    def __enter__(self):
        pairs = [x for n in ('9A', '9D') for x in (n, self.path(n + '.key'), self.path(n + '.der'))]
        self.process = subprocess.Popen([self.program, '--pin', PIN, '--tries', self.path('tries'), *pairs])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

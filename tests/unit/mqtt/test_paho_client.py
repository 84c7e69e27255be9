"""One TLS context for all connections, as long as its files stay what they are."""

import ssl

import pytest
from cryptography.hazmat.primitives import serialization
from tests.rig.tls import make_certificate

from callbox.mqtt import paho_client


def certificates(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    return make_certificate(folder)


def test_a_context_is_made_once(tmp_path):
    certificate, key = map(str, certificates(tmp_path, "one"))
    made = paho_client.tls_context(certificate, certificate, key, insecure=False)
    assert paho_client.tls_context(certificate, certificate, key, insecure=False) is made
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert made.check_hostname
    careless = paho_client.tls_context(certificate, certificate, key, insecure=True)
    assert careless is not made
    assert careless.verify_mode is ssl.CERT_NONE
    assert made.verify_mode is ssl.CERT_REQUIRED


def test_another_certificate_in_the_same_file_is_another_context(tmp_path):
    (first, _), (second, _) = certificates(tmp_path, "one"), certificates(tmp_path, "two")
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(first.read_bytes())
    made = paho_client.tls_context(str(trusted), None, None, insecure=False)
    trusted.write_bytes(second.read_bytes())
    remade = paho_client.tls_context(str(trusted), None, None, insecure=False)
    assert remade is not made
    assert remade.get_ca_certs(binary_form=True) == [ssl.PEM_cert_to_DER_cert(second.read_text())]


def test_the_systems_certificates_are_trusted_if_none_are_named():
    assert paho_client.tls_context(None, None, None, insecure=False) is paho_client.tls_context(
        None, None, None, insecure=False
    )


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OSError, match=r"no\.pem"):
        paho_client.tls_context(str(tmp_path / "no.pem"), None, None, insecure=False)


def test_a_key_that_is_encrypted_is_refused_without_a_question(tmp_path):
    certificate, key = certificates(tmp_path, "one")
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(plain.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"word")))
    broker = paho_client.Broker("127.0.0.1", 8883, tls=True, cert_file=str(certificate), key_file=str(key))
    with pytest.raises(paho_client.BrokerError, match=r"key\.pem: the key is encrypted: openssl pkey"):
        paho_client.new_client(broker, "box", None, "", lambda _: None)

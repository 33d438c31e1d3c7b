<?php

// One certificate's life, through the classes that openapi-generator makes for PHP.

declare(strict_types=1);

use GuzzleHttp\Client;
use Scm\Api\CertificatesApi;
use Scm\ApiException;
use Scm\Configuration;
use Scm\Model\CertificateImport;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    require __DIR__ . '/scm/lib/' . strtr(substr($class, strlen('Scm\\')), '\\', '/') . '.php';
});

$given = json_decode(file_get_contents('given.json'), true, flags: JSON_THROW_ON_ERROR);
$configuration = Configuration::getDefaultConfiguration()
    ->setHost($given['endpoint'])
    ->setApiKey('X-Auth-Token', $given['token'])
    ->setBooleanFormatForQueryString(Configuration::BOOLEAN_FORMAT_STRING);
$certificates = new CertificatesApi(new Client(), $configuration);

$id = $certificates->importCertificate(new CertificateImport($given['sound']))->getCertificateId();
echo "import $id\n";
echo 'show ', $certificates->showCertificate($id)->getDomain(), "\n";

$listed = array_map(fn ($kept) => $kept->getId(), $certificates->listCertificates()->getCertificates());
echo 'list ', implode(' ', $listed), "\n";

file_put_contents('exported.pem', $certificates->exportCertificate($id)->getPrivateKey());
echo "export exported.pem\n";

$certificates->deleteCertificate($id);
echo "delete $id\n";

try {
    $certificates->importCertificate(new CertificateImport($given['mismatched']));
} catch (ApiException $refused) {
    echo 'refusal ', $refused->getResponseObject()->getErrorCode(), "\n";
}

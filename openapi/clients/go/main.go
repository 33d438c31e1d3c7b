// One certificate's life, through the package that openapi-generator makes for Go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"example.com/onelife/scm"
)

type given struct {
	Endpoint   string
	Token      string
	Sound      scm.CertificateImport
	Mismatched scm.CertificateImport
}

func main() {
	if err := live(); err != nil {
		log.Fatal(err)
	}
}

func live() error {
	var given given
	text, err := os.ReadFile("given.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	configuration := scm.NewConfiguration()
	configuration.Servers = scm.ServerConfigurations{{URL: given.Endpoint}}
	certificates := scm.NewAPIClient(configuration).CertificatesAPI
	keys := map[string]scm.APIKey{"token": {Key: given.Token}}
	ctx := context.WithValue(context.Background(), scm.ContextAPIKeys, keys)

	imported, _, err := certificates.ImportCertificate(ctx).CertificateImport(given.Sound).Execute()
	if err != nil {
		return err
	}
	id := imported.CertificateId
	fmt.Println("import", id)

	shown, _, err := certificates.ShowCertificate(ctx, id).Execute()
	if err != nil {
		return err
	}
	fmt.Println("show", shown.Domain)

	listed, _, err := certificates.ListCertificates(ctx).Execute()
	if err != nil {
		return err
	}
	fmt.Print("list")
	for _, kept := range listed.Certificates {
		fmt.Print(" ", kept.Id)
	}
	fmt.Println()

	exported, _, err := certificates.ExportCertificate(ctx, id).Execute()
	if err != nil {
		return err
	}
	if err := os.WriteFile("exported.pem", []byte(exported.PrivateKey), 0o600); err != nil {
		return err
	}
	fmt.Println("export exported.pem")

	if _, err := certificates.DeleteCertificate(ctx, id).Execute(); err != nil {
		return err
	}
	fmt.Println("delete", id)

	_, _, err = certificates.ImportCertificate(ctx).CertificateImport(given.Mismatched).Execute()
	var refused *scm.GenericOpenAPIError
	if !errors.As(err, &refused) {
		return fmt.Errorf("a key of another certificate was not refused: %v", err)
	}
	body, ok := refused.Model().(scm.ErrorBody)
	if !ok {
		return fmt.Errorf("not an error of ours: %s", refused.Body())
	}
	fmt.Println("refusal", body.ErrorCode)
	return nil
}

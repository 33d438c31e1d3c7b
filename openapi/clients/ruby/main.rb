# One certificate's life, through the gem that openapi-generator makes.

require 'json'
require 'uri'
require 'scm'

given = JSON.parse(File.read('given.json'))
endpoint = URI(given['endpoint'])
Scm.configure do |configuration|
  configuration.scheme = endpoint.scheme
  configuration.host = "#{endpoint.host}:#{endpoint.port}"
  configuration.api_key['X-Auth-Token'] = given['token']
end
certificates = Scm::CertificatesApi.new

sound, mismatched = given.values_at('sound', 'mismatched').map do |import|
  Scm::CertificateImport.build_from_hash(import.transform_keys(&:to_sym))
end

id = certificates.import_certificate(sound).certificate_id
puts "import #{id}"
puts "show #{certificates.show_certificate(id).domain}"
puts "list #{certificates.list_certificates.certificates.map(&:id).join(' ')}"

File.write('exported.pem', certificates.export_certificate(id).private_key)
puts 'export exported.pem'

certificates.delete_certificate(id)
puts "delete #{id}"

begin
  certificates.import_certificate(mismatched)
rescue Scm::ApiError => e
  puts "refusal #{JSON.parse(e.response_body)['error_code']}"
end

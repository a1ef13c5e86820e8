import type { EsquemaAvro, EsquemaRecord } from 'seedwork/infraestructura/mensajes/esquema_avro.ts'
import type { TopicoDeclarado } from 'seedwork/infraestructura/mensajes/topico.ts'

const PRIMITIVOS: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
}

/** El tipo TypeScript de un esquema. Cada record queda una vez en `declarados`, con su nombre de Avro. */
const tipoDe = (esquema: EsquemaAvro, declarados: Map<string, string>): string => {
  if (typeof esquema === 'string') return PRIMITIVOS[esquema] ?? esquema
  if (!('type' in esquema))
    return esquema
      .map((rama) => tipoDe(rama, declarados))
      .toReversed()
      .join(' | ')
  if (esquema.type === 'array') return `readonly (${tipoDe(esquema.items, declarados)})[]`
  if (esquema.type === 'map') return `Readonly<Record<string, ${tipoDe(esquema.values, declarados)}>>`
  return tipoDeRecord(esquema, declarados)
}

const tipoDeRecord = ({ name, fields }: EsquemaRecord, declarados: Map<string, string>): string => {
  const campos = fields.map((campo) => `  ${campo.name}: ${tipoDe(campo.type, declarados)}`)
  declarados.set(name, `export type ${name} = Readonly<{\n${campos.join('\n')}\n}>`)
  return name
}

const enCamello = (nombre: string): string => nombre.replaceAll(/-(\w)/g, (_, letra: string) => letra.toUpperCase())

const constante = ({ nombre, record, dataschema, tipos }: TopicoDeclarado): string =>
  `export const ${enCamello(nombre)} = contrato<${record}>()('${nombre}', '${dataschema}', [${Object.keys(tipos)
    .map((tipo) => `'${tipo}'`)
    .join(', ')}])`

const ENCABEZADO = `// Generado de los tópicos que publica src/aeroalpes: no se edita, se rehace con \`npm run check -- --escribir\`.
// Es lo que otro servicio necesita para leerlos; el esquema de cada uno está en avro/<tópico>.avsc.
import { readFileSync } from 'node:fs'

const contrato =
  <V>() =>
  <const T extends string>(nombre: string, dataschema: string, tipos: readonly T[]) => ({
    nombre,
    dataschema,
    tipos,
    esquema: JSON.parse(readFileSync(new URL(\`avro/\${nombre}.avsc\`, import.meta.url), 'utf8')),
    _valor: undefined as V | undefined,
  })
`

/** El texto de `contratos/mensajes.ts`: los tipos de cada tópico y con qué se lee. */
export const tiposDeMensajes = (topicos: readonly TopicoDeclarado[]): string => {
  const declarados = new Map<string, string>()
  for (const { esquema } of topicos) tipoDeRecord(esquema, declarados)
  return `${[ENCABEZADO.trimEnd(), ...declarados.values(), topicos.map(constante).join('\n')].join('\n\n')}\n`
}

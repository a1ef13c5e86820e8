import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import type { Archivo } from '../archivos.ts'

const BUF = 'node_modules/@bufbuild/buf/bin/buf'
export const GENERADO_GRPC = 'src/sidecar/gen'

/** Corre buf en la raíz del repositorio; lanza con lo que dijo si no termina en 0. */
export const buf = (raiz: string, ...args: readonly string[]): Buffer => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(raiz, BUF), ...args], { cwd: raiz, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`buf ${args[0]}:\n${stdout}${stderr}`)
  return stdout
}

/** Lo que buf.yaml pide al contrato, y que siga sirviendo a los clientes del tutorial. Una frase por falta. */
export const faltasDelContrato = (raiz: string): readonly string[] =>
  [['lint'], ['breaking', 'contratos', '--against', 'tests/sidecar/tutorial']].flatMap((args) => {
    try {
      buf(raiz, ...args)
      return []
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  })

type Declarado = Readonly<{
  name: string
  nestedType?: readonly Declarado[]
  enumType?: readonly Declarado[]
  method?: readonly Declarado[]
}>
type ArchivoProto = Readonly<{
  package?: string
  dependency?: readonly string[]
  messageType?: readonly Declarado[]
  service?: readonly Declarado[]
}> &
  Declarado

const simbolos = (prefijo: string, declarados: readonly Declarado[]): readonly string[] =>
  declarados.flatMap(({ name, nestedType = [], enumType = [], method = [] }) => {
    const propio = `${prefijo}${name}`
    return [propio, ...simbolos(`${propio}.`, [...nestedType, ...enumType, ...method])]
  })

/** Los `FileDescriptorProto` de un `FileDescriptorSet`, tal cual. */
const separar = (conjunto: Uint8Array): readonly Uint8Array[] => {
  const lector = new BinaryReader(conjunto)
  const archivos: Uint8Array[] = []
  while (lector.pos < lector.len) {
    lector.uint32()
    archivos.push(lector.bytes())
  }
  return archivos
}

const ENCABEZADO = `// Generado de los .proto: no se edita, se rehace con \`npm run check -- --escribir\`.
/** Un archivo .proto compilado: de quién depende, qué declara y su \`FileDescriptorProto\`, en base64. */
export type Descriptor = Readonly<{ nombre: string; dependencias: readonly string[]; simbolos: readonly string[]; base64: string }>
`

/** Lo que la reflexión responde, ya compilado: al correr no hace falta nada que sepa leer .proto. */
const descriptores = (raiz: string): string => {
  const compilar = (formato: string) => buf(raiz, 'build', '--exclude-source-info', '-o', `-#format=${formato}`)
  const { file } = JSON.parse(compilar('json').toString()) as { file: readonly ArchivoProto[] }
  const bytes = separar(compilar('binpb'))
  const todos = file.map(({ name, package: paquete = '', dependency = [], messageType = [], enumType = [], service = [] }, i) => ({
    nombre: name,
    dependencias: dependency,
    simbolos: simbolos(`${paquete}.`, [...messageType, ...enumType, ...service]),
    base64: Buffer.from(bytes[i] ?? []).toString('base64'),
  }))
  return `${ENCABEZADO}\nexport const descriptores: readonly Descriptor[] = ${JSON.stringify(todos, null, 2)}\n`
}

/** El código de los mensajes gRPC, como sale de buf.gen.yaml. */
export const codigoGrpc = (raiz: string): readonly Archivo[] => {
  const carpeta = mkdtempSync(join(tmpdir(), 'grpc-'))
  try {
    buf(raiz, 'generate', '--output', carpeta)
    const rutas = globSync('**/*.ts', { cwd: carpeta }).map((ruta) => ruta.replaceAll('\\', '/'))
    return [
      ...rutas.toSorted().map((ruta) => ({ ruta, texto: readFileSync(join(carpeta, ruta), 'utf8') })),
      { ruta: `${GENERADO_GRPC}/descriptores.ts`, texto: descriptores(raiz) },
    ]
  } finally {
    rmSync(carpeta, { recursive: true, force: true })
  }
}

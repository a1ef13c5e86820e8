import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import PostalMime, { type Address, type Email } from 'postal-mime'
import type { Ids } from 'seedwork/infraestructura/puertos.ts'
import type { SMTPServer, SMTPServerDataStream } from 'smtp-server'
import type { Buzon, Correo, CorreoResumen } from 'ui/servidor.ts'

const BYTES_MAXIMOS = 1024 * 1024
const CLIENTES_MAXIMOS = 20
const DESTINATARIOS_MAXIMOS = 20
const INACTIVO_MS = 60_000
const CORREO = '.eml'
const A_MEDIAS = '.tmp'

/** Un buzón que recibe por SMTP lo que le manden desde esta máquina. */
export type BuzonAbierto = Buzon &
  Readonly<{
    /** Dónde recibe. El servidor SMTP empieza a escuchar la primera vez que se pregunta: hasta entonces no ocupa lo que pesa. */
    smtpUrl: () => Promise<string>
    cerrar: () => Promise<void>
  }>

/**
 * Abre el buzón de `<carpeta>/buzon`, que recibe por SMTP en un puerto libre de esta máquina. Cada correo es un archivo, que está entero y en
 * el disco antes de que el servidor diga que lo recibió; ninguno se borra. Los que ya había siguen ahí.
 */
export const abrirBuzon = async ({ carpeta, ids }: Readonly<{ carpeta: string; ids: Ids }>): Promise<BuzonAbierto> => {
  const lugar = join(carpeta, 'buzon')
  await mkdir(lugar, { recursive: true })
  const resumenes = new Map<string, CorreoResumen>()
  const leerArchivo = (id: string): Promise<Buffer> => readFile(join(lugar, id + CORREO))
  for (const id of await guardadosEn(lugar)) resumenes.set(id, await resumir(id, await leerArchivo(id)))

  const recibir = async (bytes: Buffer): Promise<void> => {
    const id = ids()
    const resumen = await resumir(id, bytes)
    await guardar(join(lugar, id + CORREO), bytes)
    resumenes.set(id, resumen)
  }
  let servidor: Promise<SMTPServer> | undefined
  return {
    smtpUrl: async () => {
      servidor ??= escuchar(recibir)
      const { port } = (await servidor).server.address() as AddressInfo
      return `smtp://127.0.0.1:${port}`
    },
    // El identificador crece con el tiempo: el orden de los nombres es el de llegada.
    listar: async () => [...resumenes.values()].sort((a, b) => (a.id < b.id ? 1 : -1)),
    leer: async (id) => (resumenes.has(id) ? abrir(id, await leerArchivo(id)) : undefined),
    cerrar: async () => {
      const abierto = await servidor
      if (abierto !== undefined) await new Promise<void>((listo) => abierto.close(listo))
    },
  }
}

const guardadosEn = async (lugar: string): Promise<readonly string[]> =>
  (await readdir(lugar)).filter((nombre) => nombre.endsWith(CORREO)).map((nombre) => nombre.slice(0, -CORREO.length))

/** Aparece entero o no aparece: se escribe aparte, se lleva al disco y se renombra. */
const guardar = async (archivo: string, bytes: Buffer): Promise<void> => {
  const aMedias = await open(archivo + A_MEDIAS, 'w')
  try {
    await aMedias.writeFile(bytes)
    await aMedias.sync()
  } finally {
    await aMedias.close()
  }
  await rename(archivo + A_MEDIAS, archivo)
}

const escuchar = async (recibir: (bytes: Buffer) => Promise<void>): Promise<SMTPServer> => {
  const { SMTPServer } = await import('smtp-server')
  const servidor = new SMTPServer({
    name: 'buzon.aeroalpes',
    banner: 'AeroAlpes',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    size: BYTES_MAXIMOS,
    maxClients: CLIENTES_MAXIMOS,
    socketTimeout: INACTIVO_MS,
    onRcptTo: (_, { envelope }, listo) =>
      envelope.rcptTo.length < DESTINATARIOS_MAXIMOS ? listo() : listo(respuesta(452, 'Demasiados destinatarios')),
    onData: (flujo, _, listo) => {
      leerTodo(flujo)
        .then(recibir)
        .then(
          () => listo(),
          (error: unknown) => listo(error instanceof Error ? error : new Error(String(error))),
        )
    },
  })
  await new Promise<void>((listo, fallo) => servidor.once('error', fallo).listen(0, '127.0.0.1', listo))
  servidor.on('error', () => {}) // una conexión que se corta a medias no es asunto del buzón
  return servidor
}

const respuesta = (responseCode: number, mensaje: string): Error => Object.assign(new Error(mensaje), { responseCode })

/** Los bytes del mensaje. Uno demasiado grande se lee hasta el final, porque hay que responderle, pero no se guarda. */
const leerTodo = async (flujo: SMTPServerDataStream): Promise<Buffer> => {
  const trozos: Buffer[] = []
  for await (const trozo of flujo) if (!flujo.sizeExceeded) trozos.push(trozo)
  if (flujo.sizeExceeded) throw respuesta(552, 'El mensaje es demasiado grande')
  return Buffer.concat(trozos)
}

const FIN_DE_CABECERAS = '\r\n\r\n'

/** Lo que se lista sale de las cabeceras: de un correo no se lee el cuerpo hasta que alguien lo abre. */
const resumir = async (id: string, bytes: Buffer): Promise<CorreoResumen> => {
  const fin = bytes.indexOf(FIN_DE_CABECERAS)
  return resumenDe(id, await PostalMime.parse(fin < 0 ? bytes : bytes.subarray(0, fin + FIN_DE_CABECERAS.length)))
}

const abrir = async (id: string, bytes: Buffer): Promise<Correo> => {
  const leido = await PostalMime.parse(bytes)
  return {
    ...resumenDe(id, leido),
    texto: leido.text ?? '',
    html: leido.html ?? null,
    adjuntos: leido.attachments.map(({ filename, mimeType }) => ({ nombre: filename ?? 'adjunto', tipo: mimeType })),
  }
}

const resumenDe = (id: string, { headers, subject, to = [], date }: Email): CorreoResumen => {
  const cabecera = (nombre: string): string | null => headers.find(({ key }) => key === nombre)?.value || null
  const instante = Date.parse(date ?? '')
  return {
    id,
    asunto: subject ?? '',
    para: to.map(comoTexto).join(', '),
    fecha: new Date(Number.isNaN(instante) ? 0 : instante).toISOString(),
    id_reserva: cabecera('x-aeroalpes-reserva'),
    id_evento: cabecera('x-aeroalpes-evento'),
  }
}

const comoTexto = ({ name, address }: Address): string => {
  if (address === undefined) return name
  return name === '' ? address : `"${name}" <${address}>`
}

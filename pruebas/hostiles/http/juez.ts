import { pedirUnaVez, type Respuesta } from './conexion.ts'

/** Los únicos 503 que se quieren: «ahora no», dicho antes de prometer nada. */
const QUERIDOS = new Set(['cola_llena', 'sin_espacio', 'demasiados_a_la_vez', 'cerrando', 'resultado_desconocido'])

/** Juzga respuestas: da lo que tienen de malo. Los códigos conocidos son los que tienen su página en `/problemas/`. */
export type Juez = Readonly<{
  juzgar: (respuesta: Respuesta, sinCuerpo: boolean) => Promise<string | undefined>
  /** Cuántas veces se vio cada estado y cada código. */
  cuentas: Map<string, number>
}>

export const crearJuez = (puerto: number): Juez => {
  const conocidos = new Map<string, Promise<boolean>>()
  const cuentas = new Map<string, number>()
  const contar = (que: string): void => void cuentas.set(que, (cuentas.get(que) ?? 0) + 1)

  const esConocido = (codigo: string): Promise<boolean> => {
    const peticion = `GET /problemas/${encodeURIComponent(codigo)} HTTP/1.1\r\nhost: juez\r\n\r\n`
    const conocido = conocidos.get(codigo) ?? pedirUnaVez(puerto, peticion).then(({ estado }) => estado === 200)
    conocidos.set(codigo, conocido)
    return conocido
  }

  const juzgarCodigo = async (estado: number, codigo: string): Promise<string | undefined> => {
    contar(`${estado} ${codigo}`)
    if (estado >= 500 && !(estado === 503 && QUERIDOS.has(codigo))) return `un ${estado} ${codigo}`
    return (await esConocido(codigo)) ? undefined : `el código «${codigo}» no está en la lista de problemas`
  }

  return {
    cuentas,
    juzgar: async ({ estado, cabeceras, cuerpo }, sinCuerpo) => {
      if (estado < 400) {
        contar(String(estado))
        return undefined
      }
      if (sinCuerpo) contar(`${estado} sin cuerpo`)
      if (!/\r\ncontent-type: application\/problem\+json/i.test(cabeceras)) return `un ${estado} que no es problem+json`
      if (sinCuerpo) return estado >= 500 ? `un ${estado} a HEAD` : undefined
      const codigo: unknown = (JSON.parse(cuerpo.toString()) as Readonly<{ codigo?: unknown }>).codigo
      return juzgarCodigo(estado, String(codigo))
    },
  }
}

/** Lo que hay de malo en lo que se respondió a bytes que quizá no eran HTTP: la última respuesta puede ser a medias y cerrar es lícito. */
export const juzgarCruda = (texto: string): string | undefined => {
  const [, malo] = /HTTP\/1\.1 (5\d\d)/.exec(texto) ?? []
  if (malo !== undefined) return `un ${malo}`
  const [, estado, resto = ''] = /^HTTP\/1\.1 (4\d\d) [^\r]*\r\n([\s\S]*)$/.exec(texto) ?? []
  if (estado === undefined) return texto === '' || /^HTTP\/1\.1 [123]/.test(texto) ? undefined : 'algo que no es una respuesta HTTP'
  return /content-type: application\/problem\+json/i.test(resto) ? undefined : `un ${estado} que no es problem+json`
}

import type { Consulta } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import {
  crearArriendo,
  leerArriendo,
  quitarArriendo,
  quitarConfirmadas,
  renovarArriendo,
} from 'seedwork/infraestructura/broker/pulsar/tablas_de_salida.ts'

/** Lo que un proceso vio de su arriendo. */
export type CuentaDeArriendo = {
  /** Como quién lo pide. */
  dueno: string
  /** Los tokens con que se le negó escribir: renovar, o quitar lo que el broker confirmó. */
  negados: number[]
  /** Los tokens con que escribió después de que se le negara. */
  trasNegarse: number[]
}

type DeArriendo = Readonly<{ nombre?: string; arriendo?: string; dueno?: string; token?: number }>

/**
 * El mismo almacén, que anota lo que pasa con el arriendo. Con `sinCerca` el token no protege (el control): quien escribe lo hace con el
 * que haya en la base, como si la fila no lo llevara.
 */
export const conArriendoVigilado = (almacen: Almacen, cuenta: CuentaDeArriendo, sinCerca: boolean): Almacen => {
  const vigilar = (tx: Tx): Tx =>
    new Proxy(tx, {
      get: (de, cual) => {
        if (cual !== 'ejecutar') {
          const valor = Reflect.get(de, cual, de)
          return typeof valor === 'function' ? valor.bind(de) : valor
        }
        return (consulta: Consulta<object, unknown>, parametros: DeArriendo) => anotar(de, consulta, parametros)
      },
    })
  const anotar = async (tx: Tx, consulta: Consulta<object, unknown>, parametros: DeArriendo): Promise<number> => {
    const es = (otra: unknown): boolean => consulta === otra
    if (parametros.dueno !== undefined && (es(crearArriendo) || es(quitarArriendo))) cuenta.dueno = parametros.dueno
    if (!es(renovarArriendo) && !es(quitarConfirmadas)) return tx.ejecutar(consulta, parametros)
    const { token = 0, arriendo = '', nombre = arriendo } = parametros
    const hecho = sinCerca ? ((await tx.una(leerArriendo, { nombre })) ?? { token }).token : token
    const tocadas = await tx.ejecutar(consulta, { ...parametros, token: hecho })
    if (tocadas === 0) cuenta.negados.push(token)
    else if (cuenta.negados.includes(token)) cuenta.trasNegarse.push(token)
    return tocadas
  }
  return new Proxy(almacen, {
    get: (de, cual) => {
      if (cual === 'ejecutar')
        return ((unidad, prioridad) => de.ejecutar((tx) => unidad(vigilar(tx)), prioridad)) satisfies Almacen['ejecutar']
      const valor = Reflect.get(de, cual, de)
      return typeof valor === 'function' ? valor.bind(de) : valor
    },
  })
}

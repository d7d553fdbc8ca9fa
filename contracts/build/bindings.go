// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package build

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// Agreement is an auto generated low-level Go binding around an user-defined struct.
type Agreement struct {
	Kind   [32]byte
	Other  [32]byte
	Unit   [32]byte
	Least  int64
	Most   int64
	Within uint64
}

// Anchor is an auto generated low-level Go binding around an user-defined struct.
type Anchor struct {
	Size   uint64
	SetAt  uint64
	Epoch  uint64
	MadeAt uint64
	Root   [32]byte
}

// Beside is an auto generated low-level Go binding around an user-defined struct.
type Beside struct {
	Kind [32]byte
	Unit [32]byte
	Past Past
}

// Binding is an auto generated low-level Go binding around an user-defined struct.
type Binding struct {
	Certificate [32]byte
	Device      [32]byte
	X           [32]byte
	Y           [32]byte
	Group       [32]byte
	NotAfter    uint64
}

// Change is an auto generated low-level Go binding around an user-defined struct.
type Change struct {
	Op     uint8
	Device [12]byte
	Group  string
	Base   uint64
	Mode   uint8
	Parts  []Part
	Who    common.Address
	Role   [32]byte
}

// Draft is an auto generated low-level Go binding around an user-defined struct.
type Draft struct {
	Device [12]byte
	Group  string
	Mode   uint8
	Parts  []Part
}

// Entry is an auto generated low-level Go binding around an user-defined struct.
type Entry struct {
	Device  [12]byte
	Version uint64
	SetAt   uint64
	Revoked bool
	Mode    uint8
	Group   string
	Parts   []Part
}

// Head is an auto generated low-level Go binding around an user-defined struct.
type Head struct {
	Log    common.Address
	From   uint64
	To     uint64
	Root   [32]byte
	Epoch  uint64
	MadeAt uint64
}

// Limit is an auto generated low-level Go binding around an user-defined struct.
type Limit struct {
	Kind       [32]byte
	Unit       [32]byte
	Min        int64
	Max        int64
	MaxAge     uint64
	MaxAhead   uint64
	MaxRate    uint32
	MaxSamples uint32
	MaxBytes   uint32
	Fields     uint32
}

// Part is an auto generated low-level Go binding around an user-defined struct.
type Part struct {
	Rule     common.Address
	CodeHash [32]byte
	Digest   [32]byte
}

// Past is an auto generated low-level Go binding around an user-defined struct.
type Past struct {
	Taken int64
	Ended int64
	Low   int64
	High  int64
}

// Proposal is an auto generated low-level Go binding around an user-defined struct.
type Proposal struct {
	Id        [32]byte
	By        common.Address
	Deadline  uint64
	Status    uint8
	Approvers []common.Address
	Changes   []Change
}

// Reading is an auto generated low-level Go binding around an user-defined struct.
type Reading struct {
	Group   string
	Device  [12]byte
	Kind    [32]byte
	Unit    [32]byte
	Low     *big.Int
	High    *big.Int
	Samples uint32
	Period  uint64
	Taken   int64
	Judged  int64
	Size    uint32
	Fields  uint32
	Since   int64
	Past    []Past
	Beside  []Beside
}

// Registered is an auto generated low-level Go binding around an user-defined struct.
type Registered struct {
	Binding   Binding
	BoundAt   uint64
	RevokedAt uint64
	Times     uint32
}

// Signature is an auto generated low-level Go binding around an user-defined struct.
type Signature struct {
	X [32]byte
	Y [32]byte
	R [32]byte
	S [32]byte
}

// Slope is an auto generated low-level Go binding around an user-defined struct.
type Slope struct {
	Kind     [32]byte
	Unit     [32]byte
	Step     uint64
	Per      uint64
	StuckFor uint64
	Jitter   uint64
	Past     uint8
}

// State is an auto generated low-level Go binding around an user-defined struct.
type State struct {
	Epoch     uint64
	Authority uint64
	Entries   uint64
	Proposals uint64
	Paused    bool
	Successor common.Address
}

// AgreementRuleMetaData contains all meta data concerning the AgreementRule contract.
var AgreementRuleMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"other\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int64\",\"name\":\"least\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"most\",\"type\":\"int64\"},{\"internalType\":\"uint64\",\"name\":\"within\",\"type\":\"uint64\"}],\"internalType\":\"structAgreement\",\"name\":\"a\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"why\",\"type\":\"string\"}],\"name\":\"BadAgreement\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MAX_SPAN\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"params\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"other\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int64\",\"name\":\"least\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"most\",\"type\":\"int64\"},{\"internalType\":\"uint64\",\"name\":\"within\",\"type\":\"uint64\"}],\"internalType\":\"structAgreement\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "AgreementRule",
	Bin: "0x608080604052346103305760c081610a1f803803809161001f8285610348565b833981010312610330576040519060c082016001600160401b03811183821017610334576040528051808352602082015191602084019283526040810151604085019081526100706060830161036b565b906060860191825260a06100866080850161036b565b60808801908152930151936001600160401b0385168503610330576100b19060a08801958652610379565b15801561031f575b801561030e575b6102ae57855185511461026957815160070b835160070b126102235783516001600160401b03168015908115610215575b506101cf578551600155845160025580516003558151600454845160401b90600160801b600160c01b03875160801b169260018060401b03169060018060c01b031916179068010000000000000000600160801b031617176004556040519460208601967f77617264666c6f772e61677265656d656e742f3100000000000000000000000088525160408701525160608601525160808501525160070b60a08401525160070b60c083015260018060401b0390511660e082015260e081526101bb61010082610348565b5190205f5560405161063590816103ea8239f35b604051630b82c20960e31b815260206004820152601760248201527f77697468696e2069732031206d7320746f2061206461790000000000000000006044820152606490fd5b6305265c009150115f6100f1565b604051630b82c20960e31b815260206004820152601360248201527f6c656173742069732061626f7665206d6f7374000000000000000000000000006044820152606490fd5b6064604051630b82c20960e31b815260206004820152602060248201527f61206b696e6420616c7761797320616772656573207769746820697473656c666044820152fd5b604051630b82c20960e31b815260206004820152603160248201527f6b696e647320616e6420756e697420617265207072696e7461626c6520415343604482015270494920776974686f75742073706163657360781b6064820152608490fd5b506103198151610379565b156100c0565b5061032a8551610379565b156100b9565b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b0382119082101761033457604052565b51908160070b820361033057565b80156103e4575f5f5b6020811061039257505050600190565b82811a806103a857509050600180915b01610382565b829083156103d8575b81156103cc575b506103c5576001906103a2565b5050505f90565b607f915010155f6103b8565b602081111591506103b1565b505f9056fe6080806040526004361015610012575f80fd5b5f3560e01c90816304baa00b14610241575080630d479064146101775780631808b8a41461012957806352a82b651461010d578063cff0ab96146100805763e380626b1461005e575f80fd5b3461007c575f36600319011261007c5760206040516305265c008152f35b5f80fd5b3461007c575f36600319011261007c575f60a061009b610270565b828152826020820152826040820152826060820152826080820152015260c06100c2610290565b67ffffffffffffffff60a060405192805184526020810151602085015260408101516040850152606081015160070b6060850152608081015160070b608085015201511660a0820152f35b3461007c575f36600319011261007c5760205f54604051908152f35b3461007c57602036600319011261007c5760043567ffffffffffffffff811161007c576101e0600319823603011261007c57610169602091600401610321565b63ffffffff60405191168152f35b3461007c575f36600319011261007c576040516060810167ffffffffffffffff81118282101761022d576040908152600282526020820190368237600154600254835160011015610219576040840152825115610219578152604080515f808252602082018390529351918101829052928392606084019290915b818110610200575050500390f35b82518452859450602093840193909201916001016101f2565b634e487b7160e01b5f52603260045260245ffd5b634e487b7160e01b5f52604160045260245ffd5b3461007c575f36600319011261007c577377617264666c6f772e61677265656d656e742f3160601b8152602090f35b6040519060c0820182811067ffffffffffffffff82111761022d57604052565b610298610270565b9060015482526002546020830152600354604083015267ffffffffffffffff6004548060070b60608501528060401c60070b608085015260801c1660a0830152565b3563ffffffff8116810361007c5790565b903590601e198136030182121561007c570180359067ffffffffffffffff821161007c576020019160c082023603831361007c57565b610329610290565b6040820135918151831492831590816105f2575b506105eb57604082019283516060830135036105e25760c082019063ffffffff610366836102da565b16156105d95780156105ce576020840151909491945b5f926101c085019660608701945b61039489886102eb565b90508110156105c1576103a789886102eb565b8210156102195760c0820201858135148015906105b2575b80156104a5575b61049c578415610452576104166103fa6103e260808b01610627565b600f0b6103f160a08501610601565b60070b9061060f565b916103f1608061040c60a08d01610627565b600f0b9201610601565b875160070b13908115610441575b50610433576001905b0161038a565b505050505050505050601190565b9050608089015160070b125f610424565b61049761048860a06104818b6104788361046e60808901610601565b60070b9201610627565b600f0b9061060f565b9301610601565b60070b61047860808b01610627565b610416565b5060019061042d565b5067ffffffffffffffff60a08a0151166101008901906104c482610601565b60070b91600163ffffffff6104d8886102da565b161161052f575b6104fb6104ec8392610601565b60070b6103f160608701610601565b1315918261050c575b5050156103c6565b61052691925061051e60408501610601565b60070b61060f565b13155f80610504565b915f1963ffffffff610540886102da565b160163ffffffff811161059e5763ffffffff1660e08c01359067ffffffffffffffff821680920361007c5781810291818304149015171561059e57620f42409004905f828201928312911290801582169115161761059e57916104df565b634e487b7160e01b5f52601160045260245ffd5b508351602082013514156103bf565b5050505050505050505f90565b83519094919461037c565b50505050505f90565b50505050600490565b5050505f90565b9050602083015114155f61033d565b358060070b810361007c5790565b81810392915f13801582851316918412161761059e57565b3580600f0b810361007c579056",
}

// AgreementRule is an auto generated Go binding around an Ethereum contract.
type AgreementRule struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *AgreementRule) GetABI() abi.ABI {
	return c.abi
}

// NewAgreementRule creates a new instance of AgreementRule.
func NewAgreementRule() *AgreementRule {
	parsed, err := AgreementRuleMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &AgreementRule{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *AgreementRule) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor((bytes32,bytes32,bytes32,int64,int64,uint64) a) returns()
func (agreementRule *AgreementRule) PackConstructor(a Agreement) []byte {
	enc, err := agreementRule.abi.Pack("", a)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (agreementRule *AgreementRule) PackMAXSPAN() []byte {
	enc, err := agreementRule.abi.Pack("MAX_SPAN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (agreementRule *AgreementRule) TryPackMAXSPAN() ([]byte, error) {
	return agreementRule.abi.Pack("MAX_SPAN")
}

// UnpackMAXSPAN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe380626b.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (agreementRule *AgreementRule) UnpackMAXSPAN(data []byte) (uint64, error) {
	out, err := agreementRule.abi.Unpack("MAX_SPAN", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function params() view returns((bytes32,bytes32,bytes32,int64,int64,uint64))
func (agreementRule *AgreementRule) PackParams() []byte {
	enc, err := agreementRule.abi.Pack("params")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function params() view returns((bytes32,bytes32,bytes32,int64,int64,uint64))
func (agreementRule *AgreementRule) TryPackParams() ([]byte, error) {
	return agreementRule.abi.Pack("params")
}

// UnpackParams is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcff0ab96.
//
// Solidity: function params() view returns((bytes32,bytes32,bytes32,int64,int64,uint64))
func (agreementRule *AgreementRule) UnpackParams(data []byte) (Agreement, error) {
	out, err := agreementRule.abi.Unpack("params", data)
	if err != nil {
		return *new(Agreement), err
	}
	out0 := *abi.ConvertType(out[0], new(Agreement)).(*Agreement)
	return out0, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (agreementRule *AgreementRule) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], agreementRule.abi.Errors["BadAgreement"].ID.Bytes()[:4]) {
		return agreementRule.UnpackBadAgreementError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// AgreementRuleBadAgreement represents a BadAgreement error raised by the AgreementRule contract.
type AgreementRuleBadAgreement struct {
	Why string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadAgreement(string why)
func AgreementRuleBadAgreementErrorID() common.Hash {
	return common.HexToHash("0x5c16104897b589ec6c5ff69b20de4440000c8ffa88ea559832dedd32eb630082")
}

// UnpackBadAgreementError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadAgreement(string why)
func (agreementRule *AgreementRule) UnpackBadAgreementError(raw []byte) (*AgreementRuleBadAgreement, error) {
	out := new(AgreementRuleBadAgreement)
	if err := agreementRule.abi.UnpackIntoInterface(out, "BadAgreement", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AuditAnchorMetaData contains all meta data concerning the AuditAnchor contract.
var AuditAnchorMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"to\",\"type\":\"uint64\"}],\"name\":\"EmptyRange\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"want\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"got\",\"type\":\"uint64\"}],\"name\":\"NotContiguous\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"heads\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"signatures\",\"type\":\"uint256\"}],\"name\":\"WrongCount\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"to\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"prev\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"madeAt\",\"type\":\"uint64\"}],\"name\":\"Anchored\",\"type\":\"event\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"to\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"madeAt\",\"type\":\"uint64\"}],\"internalType\":\"structHead[]\",\"name\":\"given\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes[]\",\"name\":\"signatures\",\"type\":\"bytes[]\"}],\"name\":\"anchor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"log\",\"type\":\"address\"}],\"name\":\"heads\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"setAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"madeAt\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"internalType\":\"structAnchor\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"first\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"most\",\"type\":\"uint256\"}],\"name\":\"logs\",\"outputs\":[{\"internalType\":\"address[]\",\"name\":\"page\",\"type\":\"address[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "AuditAnchor",
	Bin: "0x6101606040523461013d57604051610018604082610141565b6014815260208101907f57617264666c6f77204175646974416e63686f72000000000000000000000000825260405191610053604084610141565b600183526020830191603160f81b835261006c81610178565b6101205261007984610178565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100e260c082610141565b5190206080523060c052604051610c1890816101e4823960805181610aa8015260a05181610b65015260c05181610a72015260e05181610af701526101005181610b1d015261012051816107110152610140518161073a0152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761016457604052565b634e487b7160e01b5f52604160045260245ffd5b601f8151116101a3576020815191015160208210610194571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816306661abd1461091857508063621b63ee146107f157806384b0196e146106f9578063c19139851461011f5763fcc3aac714610053575f80fd5b3461011b57602036600319011261011b576004356001600160a01b0381169081900361011b575f608060405161008881610956565b82815282602082015282604082015282606082015201525f52600260205260a060405f206040516100b881610956565b6001600160401b03825481808216948585528160208601818560401c1681526080600160408901948488841c16865260608a019760c01c885201549701968752604051978852511660208701525116604085015251166060830152516080820152f35b5f80fd5b3461011b57604036600319011261011b576004356001600160401b03811161011b573660238201121561011b578060040135906001600160401b03821161011b5736602460c084028301011161011b576024356001600160401b03811161011b573660238201121561011b578060040135926001600160401b03841161011b573660248560051b8401011161011b578381036106e25791436001600160401b0316903683900360421901905f5b858110156106e05760c0810282019060248201888210156106cc5760248260051b880101358581121561011b578701926024840135936001600160401b03851161011b5760440191843603831361011b576001600160401b03946001600160a01b03610237836109c1565b165f52600260205260405f206044840190610251826109d5565b88825416988991160361068e57606485019761026c896109d5565b6001600160401b038061027e866109d5565b169116111561064b576040519360208501907f3f03911a2589f42baaa13e493329b8c048091700f8dcaa046c1fa90b5f78eca4825286359860018060a01b038a16809a0361011b576042610374936001600160401b036102f68f61031d9e60408d0152826102eb8c6109e9565b1660608d01526109e9565b1660808a015260c460848c01359b8c60a08c01526001600160401b0360a482019e8f6109e9565b1660c08c015201986001600160401b036103368b6109e9565b1660e082015260e0815261034c61010082610971565b519020610357610a6f565b906040519161190160f01b83526002830152602282015220610a3b565b50600481101561063757159081159161060f575b506105e65715610507575b6104006104308960019a8695897f58a21122e40eaaff1ba50c311fc25df9a32ecec4ccc88d07f3cbced83127b61260808f9c9b9a6001600160401b038f9a8f6104369c8f849561040661040087956103f76103f16103f189976109c1565b9f6109d5565b970154946109d5565b916109d5565b926040519a8b5260208b0152166040890152166060870152169516938d8060a01b031692a46109d5565b966109d5565b906001600160401b036040519661044c88610956565b16865260208601928b84526001600160401b0360408801921682526001600160401b0360608801931683526080870194855261048d868060a01b03916109c1565b165f5260026020526001600160401b0360405f20965116926fffffffffffffffff00000000000000008754915160401b16916001600160401b0360801b905160801b16926001600160401b0360c01b905160c01b1693868060c01b03916001600160401b0360c01b161716171717835551910155016101cc565b93929190610514836109c1565b600354680100000000000000008110156105d2578960019a61043694887f58a21122e40eaaff1ba50c311fc25df9a32ecec4ccc88d07f3cbced83127b61260808f9c6001600160401b038f918f82938f8f6104066104009f6104309f956103f76103f16103f18b9997610400956105918a878e9c016003556109a9565b819291549060031b91888060a01b0316821b91888060a01b03901b191617905550505050505050505050509a50505050505095969798505099505050610393565b634e487b7160e01b5f52604160045260245ffd5b6105ef856109c1565b639a7d38d960e01b5f9081526001600160a01b0391909116600452602490fd5b90506001600160a01b03610622876109c1565b6001600160a01b03909216911614155f610388565b634e487b7160e01b5f52602160045260245ffd5b6001600160401b0383818b61066b6104006106658b6109c1565b946109d5565b9263ea99946360e01b5f5260018060a01b0316600452166024521660445260645ffd5b6001600160401b0382896106aa6106a4886109c1565b926109d5565b91633266c7b360e01b5f5260018060a01b03166004526024521660445260645ffd5b634e487b7160e01b5f52603260045260245ffd5b005b8390631e8deeaf60e31b5f5260045260245260445ffd5b3461011b575f36600319011261011b576107956107357f00000000000000000000000000000000000000000000000000000000000000006109fd565b61075e7f00000000000000000000000000000000000000000000000000000000000000006109fd565b60206107a3604051926107718385610971565b5f84525f368137604051958695600f60f81b875260e08588015260e0870190610932565b908582036040870152610932565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b8281106107da57505050500390f35b8351855286955093810193928101926001016107cb565b3461011b57604036600319011261011b576004356024356003548083105f14610911578281039081116108a7575b808210156109095750905b61084c61083683610992565b926108446040519485610971565b808452610992565b602083019190601f19013683375f5b83518110156108bb578082018083116108a757610877906109a9565b9054855160039290921b1c6001600160a01b031691908110156106cc5760019160208260051b870101520161085b565b634e487b7160e01b5f52601160045260245ffd5b505090604051918291602083019060208452518091526040830191905f5b8181106108e7575050500390f35b82516001600160a01b03168452859450602093840193909201916001016108d9565b90509061082a565b505f61081f565b3461011b575f36600319011261011b576020906003548152f35b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b60a081019081106001600160401b038211176105d257604052565b90601f801991011681019081106001600160401b038211176105d257604052565b6001600160401b0381116105d25760051b60200190565b6003548110156106cc5760035f5260205f2001905f90565b356001600160a01b038116810361011b5790565b356001600160401b038116810361011b5790565b35906001600160401b038216820361011b57565b60ff811690601f8211610a2c5760405191610a19604084610971565b6020808452838101919036833783525290565b632cd44ac360e21b5f5260045ffd5b9060418303610a6557610a5e9250602081013591604082359201355f1a90610b8b565b9192909190565b50505f9160029190565b307f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03161480610b62575b15610aca577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152610b5c60c082610971565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614610aa1565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411610c0d579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610c02575f516001600160a01b03811615610bf857905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f916003919056",
}

// AuditAnchor is an auto generated Go binding around an Ethereum contract.
type AuditAnchor struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *AuditAnchor) GetABI() abi.ABI {
	return c.abi
}

// NewAuditAnchor creates a new instance of AuditAnchor.
func NewAuditAnchor() *AuditAnchor {
	parsed, err := AuditAnchorMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &AuditAnchor{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *AuditAnchor) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc1913985.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function anchor((address,uint64,uint64,bytes32,uint64,uint64)[] given, bytes[] signatures) returns()
func (auditAnchor *AuditAnchor) PackAnchor(given []Head, signatures [][]byte) []byte {
	enc, err := auditAnchor.abi.Pack("anchor", given, signatures)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc1913985.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function anchor((address,uint64,uint64,bytes32,uint64,uint64)[] given, bytes[] signatures) returns()
func (auditAnchor *AuditAnchor) TryPackAnchor(given []Head, signatures [][]byte) ([]byte, error) {
	return auditAnchor.abi.Pack("anchor", given, signatures)
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (auditAnchor *AuditAnchor) PackCount() []byte {
	enc, err := auditAnchor.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (auditAnchor *AuditAnchor) TryPackCount() ([]byte, error) {
	return auditAnchor.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (auditAnchor *AuditAnchor) UnpackCount(data []byte) (*big.Int, error) {
	out, err := auditAnchor.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackHeads is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfcc3aac7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function heads(address log) view returns((uint64,uint64,uint64,uint64,bytes32))
func (auditAnchor *AuditAnchor) PackHeads(log common.Address) []byte {
	enc, err := auditAnchor.abi.Pack("heads", log)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHeads is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfcc3aac7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function heads(address log) view returns((uint64,uint64,uint64,uint64,bytes32))
func (auditAnchor *AuditAnchor) TryPackHeads(log common.Address) ([]byte, error) {
	return auditAnchor.abi.Pack("heads", log)
}

// UnpackHeads is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfcc3aac7.
//
// Solidity: function heads(address log) view returns((uint64,uint64,uint64,uint64,bytes32))
func (auditAnchor *AuditAnchor) UnpackHeads(data []byte) (Anchor, error) {
	out, err := auditAnchor.abi.Unpack("heads", data)
	if err != nil {
		return *new(Anchor), err
	}
	out0 := *abi.ConvertType(out[0], new(Anchor)).(*Anchor)
	return out0, nil
}

// PackLogs is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x621b63ee.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function logs(uint256 first, uint256 most) view returns(address[] page)
func (auditAnchor *AuditAnchor) PackLogs(first *big.Int, most *big.Int) []byte {
	enc, err := auditAnchor.abi.Pack("logs", first, most)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLogs is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x621b63ee.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function logs(uint256 first, uint256 most) view returns(address[] page)
func (auditAnchor *AuditAnchor) TryPackLogs(first *big.Int, most *big.Int) ([]byte, error) {
	return auditAnchor.abi.Pack("logs", first, most)
}

// UnpackLogs is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x621b63ee.
//
// Solidity: function logs(uint256 first, uint256 most) view returns(address[] page)
func (auditAnchor *AuditAnchor) UnpackLogs(data []byte) ([]common.Address, error) {
	out, err := auditAnchor.abi.Unpack("logs", data)
	if err != nil {
		return *new([]common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new([]common.Address)).(*[]common.Address)
	return out0, nil
}

// AuditAnchorAnchored represents a Anchored event raised by the AuditAnchor contract.
type AuditAnchorAnchored struct {
	Log    common.Address
	From   uint64
	To     uint64
	Root   [32]byte
	Prev   [32]byte
	Epoch  uint64
	MadeAt uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const AuditAnchorAnchoredEventName = "Anchored"

// ContractEventName returns the user-defined event name.
func (AuditAnchorAnchored) ContractEventName() string {
	return AuditAnchorAnchoredEventName
}

// UnpackAnchoredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Anchored(address indexed log, uint64 indexed from, uint64 indexed to, bytes32 root, bytes32 prev, uint64 epoch, uint64 madeAt)
func (auditAnchor *AuditAnchor) UnpackAnchoredEvent(log *types.Log) (*AuditAnchorAnchored, error) {
	event := "Anchored"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != auditAnchor.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AuditAnchorAnchored)
	if len(log.Data) > 0 {
		if err := auditAnchor.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range auditAnchor.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (auditAnchor *AuditAnchor) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], auditAnchor.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return auditAnchor.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], auditAnchor.abi.Errors["EmptyRange"].ID.Bytes()[:4]) {
		return auditAnchor.UnpackEmptyRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], auditAnchor.abi.Errors["NotContiguous"].ID.Bytes()[:4]) {
		return auditAnchor.UnpackNotContiguousError(raw[4:])
	}
	if bytes.Equal(raw[:4], auditAnchor.abi.Errors["WrongCount"].ID.Bytes()[:4]) {
		return auditAnchor.UnpackWrongCountError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// AuditAnchorBadSignature represents a BadSignature error raised by the AuditAnchor contract.
type AuditAnchorBadSignature struct {
	Log common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature(address log)
func AuditAnchorBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x9a7d38d94d3da0d5188ab778bbe9a3a38c77802b1bf2426c15740dc786da791d")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature(address log)
func (auditAnchor *AuditAnchor) UnpackBadSignatureError(raw []byte) (*AuditAnchorBadSignature, error) {
	out := new(AuditAnchorBadSignature)
	if err := auditAnchor.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AuditAnchorEmptyRange represents a EmptyRange error raised by the AuditAnchor contract.
type AuditAnchorEmptyRange struct {
	Log  common.Address
	From uint64
	To   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EmptyRange(address log, uint64 from, uint64 to)
func AuditAnchorEmptyRangeErrorID() common.Hash {
	return common.HexToHash("0xea999463beae102b43517fe0e34d1b32b99b5a854d2de36ede7d9e24db8d1332")
}

// UnpackEmptyRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EmptyRange(address log, uint64 from, uint64 to)
func (auditAnchor *AuditAnchor) UnpackEmptyRangeError(raw []byte) (*AuditAnchorEmptyRange, error) {
	out := new(AuditAnchorEmptyRange)
	if err := auditAnchor.abi.UnpackIntoInterface(out, "EmptyRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AuditAnchorNotContiguous represents a NotContiguous error raised by the AuditAnchor contract.
type AuditAnchorNotContiguous struct {
	Log  common.Address
	Want uint64
	Got  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotContiguous(address log, uint64 want, uint64 got)
func AuditAnchorNotContiguousErrorID() common.Hash {
	return common.HexToHash("0x3266c7b3ef2a6ffe454a6f16e55b6ebfb75be1e788e7e72e7ae12c4095af125a")
}

// UnpackNotContiguousError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotContiguous(address log, uint64 want, uint64 got)
func (auditAnchor *AuditAnchor) UnpackNotContiguousError(raw []byte) (*AuditAnchorNotContiguous, error) {
	out := new(AuditAnchorNotContiguous)
	if err := auditAnchor.abi.UnpackIntoInterface(out, "NotContiguous", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AuditAnchorWrongCount represents a WrongCount error raised by the AuditAnchor contract.
type AuditAnchorWrongCount struct {
	Heads      *big.Int
	Signatures *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongCount(uint256 heads, uint256 signatures)
func AuditAnchorWrongCountErrorID() common.Hash {
	return common.HexToHash("0xf46f757871802addf3b01f57405479da942775d3c5f7489ced984c285a1ec4bf")
}

// UnpackWrongCountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongCount(uint256 heads, uint256 signatures)
func (auditAnchor *AuditAnchor) UnpackWrongCountError(raw []byte) (*AuditAnchorWrongCount, error) {
	out := new(AuditAnchorWrongCount)
	if err := auditAnchor.abi.UnpackIntoInterface(out, "WrongCount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryMetaData contains all meta data concerning the DeviceRegistry contract.
var DeviceRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"target\",\"type\":\"address\"}],\"name\":\"AddressEmptyCode\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"}],\"name\":\"AlreadyAdopted\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"}],\"name\":\"AlreadyBound\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"what\",\"type\":\"bytes32\"}],\"name\":\"AlreadyRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"why\",\"type\":\"string\"}],\"name\":\"BadBinding\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"count\",\"type\":\"uint256\"}],\"name\":\"BadCount\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"}],\"name\":\"DeviceIsNotRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"}],\"name\":\"DeviceIsRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"nowIs\",\"type\":\"uint256\"}],\"name\":\"Expired\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"FailedCall\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"}],\"name\":\"NotBound\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotRegistrar\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"want\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"got\",\"type\":\"uint64\"}],\"name\":\"WrongNonce\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"group\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"notAfter\",\"type\":\"uint64\"}],\"name\":\"Bound\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"CertificateRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"DeviceReadmitted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"DeviceRevoked\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_ITEMS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"REGISTRAR_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"adopt\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"group\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"notAfter\",\"type\":\"uint64\"}],\"internalType\":\"structBinding[]\",\"name\":\"bindings\",\"type\":\"tuple[]\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"bind\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"}],\"name\":\"devices\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"revokedAt\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"times\",\"type\":\"uint32\"},{\"internalType\":\"bool\",\"name\":\"barred\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"}],\"name\":\"keyAddress\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"manager\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes[]\",\"name\":\"data\",\"type\":\"bytes[]\"}],\"name\":\"multicall\",\"outputs\":[{\"internalType\":\"bytes[]\",\"name\":\"results\",\"type\":\"bytes[]\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"nonces\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"first\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"most\",\"type\":\"uint256\"}],\"name\":\"page\",\"outputs\":[{\"components\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"group\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"notAfter\",\"type\":\"uint64\"}],\"internalType\":\"structBinding\",\"name\":\"binding\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"boundAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"revokedAt\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"times\",\"type\":\"uint32\"}],\"internalType\":\"structRegistered[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32[]\",\"name\":\"which\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"readmit\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"}],\"name\":\"registered\",\"outputs\":[{\"components\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"device\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"group\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"notAfter\",\"type\":\"uint64\"}],\"internalType\":\"structBinding\",\"name\":\"binding\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"boundAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"revokedAt\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"times\",\"type\":\"uint32\"}],\"internalType\":\"structRegistered\",\"name\":\"r\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32[]\",\"name\":\"certificates\",\"type\":\"bytes32[]\"},{\"internalType\":\"bytes32[]\",\"name\":\"which\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"certificate\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"verify\",\"outputs\":[{\"internalType\":\"enumDeviceRegistry.Standing\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "DeviceRegistry",
	Bin: "0x6101606040523461013d57604051610018604082610141565b6017815260208101907f57617264666c6f77204465766963655265676973747279000000000000000000825260405191610053604084610141565b600183526020830191603160f81b835261006c81610178565b6101205261007984610178565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100e260c082610141565b5190206080523060c05260405161255590816101e4823960805181611fc3015260a05181612080015260c05181611f8d015260e0518161201201526101005181612038015261012051816109c3015261014051816109ec0152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761016457604052565b634e487b7160e01b5f52604160045260245ffd5b601f8151116101a3576020815191015160208210610194571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816306661abd14611289575080632dbdfc2a14611256578063481c6a751461122e5780635524d5481461120057806357d4c4ee146111e557806371de229f146110785780637ca4ac5414610ae85780637ecebe0014610aa357806384b0196e146109ab578063869adcb91461095f578063ac9650d8146107d1578063b0f5d8a41461078b578063b95500411461029a578063c5c400de1461024b578063ebb9e69c1461010a5763f68e9553146100cc575f80fd5b34610106575f3660031901126101065760206040517fedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c3092388152f35b5f80fd5b34610106576040366003190112610106576004356024356006548083105f1461024457828103908111610230575b808210156102285750905b61014c826115d6565b9161015a60405193846113ff565b808352610169601f19916115d6565b015f5b8181106102115750505f5b82518110156101c057806101a4610198610193600194866116b6565b6116c3565b90549060031b1c61149e565b6101ae82866115fd565b526101b981856115fd565b5001610177565b826040518091602082016020835281518091526020604084019201905f5b8181106101ec575050500390f35b9193509160206101208261020360019488516112a3565b0194019101918493926101de565b60209061021c61144f565b8282870101520161016c565b905090610143565b634e487b7160e01b5f52601160045260245ffd5b505f610138565b34610106576020366003190112610106576004355f526005602052606060405f205460ff604051916001600160401b038116835263ffffffff8160401c166020840152831c1615156040820152f35b3461010657610100366003190112610106576004356001600160401b038111610106576102cb90369060040161131a565b906024356001600160401b038111610106576102eb90369060040161131a565b6102f6939193611360565b916064356001600160401b0381168091036101065760803660831901126101065761032961032484846116b6565b6116db565b604051602081019061034e8161034084878b611597565b03601f1981018352826113ff565b5190206001600160401b0384604051610371816103408c60208301958691611597565b519020956040519660208801937f3919770d35ed6eedbf6d7fa21d8d7bd7bc3a48a19c9624bbc8ff2711bc8fe6f485526040890152606088015216948560808201528260a082015260a081526103c860c0826113ff565b5190209080421161077557506042906103df611f8a565b906040519161190160f01b8352600283015260228201522060c4359060e43590608435928360a4359382610417868484829789611a60565b909590156107665750505050505b156107575761043391611420565b6003546001600160a01b031680159081156106ab575b5061068b5760018060a01b031692835f526002602052806001600160401b0360405f2054160361065b576001016001600160401b038111610230575f848152600260205260408120805467ffffffffffffffff19166001600160401b0393841617905542909116959491905b818110610594575050506001600160401b035f9416935b8181106104d557005b6104e08183866115b2565b3590815f52600560205260405f209160ff835460601c1661058257866001600160401b031984541617835582549063ffffffff8260401c169363ffffffff8514610230576cffffffffff000000000000000019909216600194850160401b6bffffffff00000000000000001617600160601b1790915584907f4cef02b2246fc579652de0a1b4d789cd9e1e6e9b6a6b36be68787c70d9edbb625f80a3016104cc565b6390315de160e01b5f5260045260245ffd5b6105a28183859998996115b2565b35805f52600460205260405f206006810180546001600160401b038116156106485760401c6001600160401b03166106355780546fffffffffffffffff0000000000000000191660408a901b67ffffffffffffffff60401b16179055600192918791840154907f426e8f298ff37adc407cdd4ebfe1ad3e97b5f281b99005e9cb6b776d2a4147dd5f80a4019594956104b5565b826390315de160e01b5f5260045260245ffd5b83630b19ae9160e31b5f5260045260245ffd5b83805f5260026020526001600160401b0360405f205416906305d8e4df60e51b5f5260045260245260445260645ffd5b6353ac4f0760e01b5f9081526001600160a01b0391909116600452602490fd5b604051632474521560e21b81527fedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c30923860048201526001600160a01b03841660248201529150602090829060449082905afa90811561074c575f91610711575b501587610449565b90506020813d602011610744575b8161072c602093836113ff565b81010312610106575180151581036101065787610709565b3d915061071f565b6040513d5f823e3d90fd5b635cd5d23360e01b5f5260045ffd5b6107709550611b7c565b610425565b6324730def60e21b5f526004524260245260445ffd5b34610106575f366003190112610106576003546001600160a01b038116806107bf57506001600160a01b0319163317600355005b63756d887b60e01b5f5260045260245ffd5b34610106576020366003190112610106576004356001600160401b0381116101065761080190369060040161131a565b60405191602061081181856113ff565b5f845280840191601f198201368437610829846115d6565b9061083760405192836113ff565b848252601f19610846866115d6565b015f5b81811061095057505036819003601e1901905f5b868110156108ef578060051b82013583811215610106578201908135916001600160401b038311610106578601823603811361010657826108cd6108d392898b8e60019860405196879585870137840190838201905f8252519283915e01015f815203601f1981018352826113ff565b30611910565b6108dd82876115fd565b526108e881866115fd565b500161085d565b5050506040519082820192808352815180945260408301938160408260051b8601019301915f955b8287106109245785850386f35b909192938280610940600193603f198a8203018652885161138a565b9601920196019592919092610917565b60608482018601528401610849565b3461010657608036600319011261010657610984606435604435602435600435611611565b6040516005821015610997576020918152f35b634e487b7160e01b5f52602160045260245ffd5b34610106575f36600319011261010657610a476109e77f0000000000000000000000000000000000000000000000000000000000000000611a22565b610a107f0000000000000000000000000000000000000000000000000000000000000000611a22565b6020610a5560405192610a2383856113ff565b5f84525f368137604051958695600f60f81b875260e08588015260e087019061138a565b90858203604087015261138a565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b828110610a8c57505050500390f35b835185528695509381019392810192600101610a7d565b34610106576020366003190112610106576004356001600160a01b03811690819003610106575f52600260205260206001600160401b0360405f205416604051908152f35b346101065760e0366003190112610106576004356001600160401b03811161010657366023820112156101065780600401356001600160401b0381116101065760248201916024369160c0840201011161010657610b4461134a565b90610b4d611360565b90608036606319011261010657610b63816116db565b610b6c816115d6565b91610b7a60405193846113ff565b818352610b86826115d6565b602084019190601f19013683375f5b8451811015610c425780610bac600192868a6115ed565b6040516001600160401b03610c1860a060208401947f2d5e5896029b76993b0710797fc55daefa7838451520f0c523a84b4b418574a38652803560408601526020810135606086015260408101356080860152606081013582860152608081013560c086015201611376565b1660e082015260e08152610c2e610100826113ff565b519020610c3b82886115fd565b5201610b95565b509093859293604051602081018092519097905f5b81811061106257505050610c7981610ce196979803601f1981018352826113ff565b51902060405160208101917f952186075420d50ca8df5cb18a452943e81074d3a5df3a277ab5fbe5208fa001835260408201526001600160401b03831660608201526001600160401b038416608082015260808152610cd960a0826113ff565b519020611707565b426001600160401b0316926001600160a01b03909116905f5b818110610d0357005b610d0e8183866115ed565b90813580158015611056575b610fff57604083013590606084013590610d34828461199c565b15610fb35760a0850194426001600160401b03610d50886118fc565b1610610f7657815f5260046020526001600160401b03600660405f20015416610f6357602081013592835f52600560205260405f20549060ff8260601c16610f505760405192610d9f846113ae565b60c0813603126101065760809160405197610db9896113c9565b8689528760208a015260408901526060880152013594856080820152610dde88611376565b60a08201528252610e9b6001600160401b0360208401938d85528180600660408401935f855263ffffffff606082019860401c168852895f5260046020528260a060405f2092518051845560208101516001850155604081015160028501556060810151600385015560808101516004850155015116836005830191168419825416179055019651161682198654161785555116839067ffffffffffffffff60401b82549160401b169067ffffffffffffffff60401b1916179055565b51815463ffffffff60801b191660809190911b63ffffffff60801b161790556006549468010000000000000000861015610f3c57604088946001600160401b03610f2a7fdf730fe73ba0bd6db9a49a620271ca61ccf95444f90e1a89f77617ff6b62f16794610f118b6001809d016006556116c3565b81549060031b9089821b915f19901b19161790556118fc565b8351928352166020820152a401610cfa565b634e487b7160e01b5f52604160045260245ffd5b8463dceb7f6f60e01b5f5260045260245ffd5b50633afc489960e01b5f5260045260245ffd5b6084826040519063033fa51960e61b8252600482015260406024820152600e60448201526d1a5d081a185cc8195e1c1a5c995960921b6064820152fd5b6084906040519063033fa51960e61b8252600482015260406024820152601c60448201527f746865206b6579206973206e6f20706f696e74206f6620502d323536000000006064820152fd5b60a4906040519063033fa51960e61b8252600482015260406024820152602260448201527f636572746966696361746520616e642064657669636520617265206d697373696064820152616e6760f01b6084820152fd5b50602083013515610d1a565b82518a526020998a019990920191600101610c57565b346101065760e0366003190112610106576004356001600160401b038111610106576110a890369060040161131a565b6110b061134a565b6110b8611360565b60803660631901126101065761114a916110d38495946116db565b60405160208101906110ea81610340848a8a611597565b51902060405160208101917f78c4205b93267db8159199865ffac9883a84ea9a485c40f8def5463a9ab98846835260408201526001600160401b03831660608201526001600160401b038416608082015260808152610cd960a0826113ff565b6001600160a01b0316915f5b81811061115f57005b61116a8183856115b2565b355f52600560205260405f20805460ff8160601c16156111c75760ff60601b191690556001908461119c8285876115b2565b357f80e3bbbb3d0a95f2077e0d6eb715d57ef5bb0ae54e2a12a72f8e4683f1604ca45f80a301611156565b6111d28385876115b2565b3563082e874d60e31b5f5260045260245ffd5b34610106575f36600319011261010657602060405160408152f35b346101065760203660031901126101065761012061121f60043561149e565b61122c60405180926112a3565bf35b34610106575f366003190112610106576003546040516001600160a01b039091168152602090f35b34610106576040366003190112610106576020611277602435600435611420565b6040516001600160a01b039091168152f35b34610106575f366003190112610106576020906006548152f35b63ffffffff6060610100926001600160401b0360a0825180518852602081015160208901526040810151604089015284810151858901526080810151608089015201511660a08601526001600160401b0360208201511660c08601526001600160401b0360408201511660e0860152015116910152565b9181601f84011215610106578235916001600160401b038311610106576020808501948460051b01011161010657565b602435906001600160401b038216820361010657565b604435906001600160401b038216820361010657565b35906001600160401b038216820361010657565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b608081019081106001600160401b03821117610f3c57604052565b60c081019081106001600160401b03821117610f3c57604052565b606081019081106001600160401b03821117610f3c57604052565b90601f801991011681019081106001600160401b03821117610f3c57604052565b604051916020830191825260408301526040825261143f6060836113ff565b905190206001600160a01b031690565b6040519061145c826113ae565b5f60608360405161146c816113c9565b83815283602082015283604082015283838201528360808201528360a082015281528260208201528260408201520152565b6114a661144f565b505f52600460205260405f20906040516114bf816113ae565b6006604051936114ce856113c9565b80548552600181015494602081019586526002820154604082015260038201546060820152600482015460808201526001600160401b0360058301541660a0820152835201546001600160401b038116602083015260408201916001600160401b038260401c16835263ffffffff606082019260801c16825293515f52600560205260405f20906001600160401b0383511615908161157f575b50611571575050565b546001600160401b03169052565b905063ffffffff80835460401c16915116105f611568565b91906001600160fb1b0381116101065760051b809282370190565b91908110156115c25760051b0190565b634e487b7160e01b5f52603260045260245ffd5b6001600160401b038111610f3c5760051b60200190565b91908110156115c25760c0020190565b80518210156115c25760209160051b010190565b61161d9093919361149e565b6001600160401b03602082015116156116ad576001600160401b036040820151166116a45751906001600160401b0360a083015116421161169b5760606040830151920151926116708484848489611a60565b9095901561168c5750505050505b15611687575f90565b600490565b6116969550611b7c565b61167e565b50505050600290565b50505050600390565b50505050600190565b9190820180921161023057565b6006548110156115c25760065f5260205f2001905f90565b801580156116fd575b6116eb5750565b63533eafb760e01b5f5260045260245ffd5b50604081116116e4565b9092916001600160401b03168042116107755750604290611726611f8a565b906040519161190160f01b8352600283015260228201522060a4359060c435906064359283608435938261175e868484829789611a60565b909590156118ed5750505050505b156107575761177a91611420565b6003549092906001600160a01b0316801590811561184c575b5061182e576001600160a01b0383165f8181526002602052604090205490916001600160401b0390811691168190036117fe57600101906001600160401b038211610230575f5260026020526001600160401b0360405f2091166001600160401b0319825416179055565b90805f5260026020526001600160401b0360405f205416906305d8e4df60e51b5f5260045260245260445260645ffd5b6353ac4f0760e01b5f9081526001600160a01b038416600452602490fd5b604051632474521560e21b81527fedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c30923860048201526001600160a01b03861660248201529150602090829060449082905afa90811561074c575f916118b2575b50155f611793565b90506020813d6020116118e5575b816118cd602093836113ff565b8101031261010657518015158103610106575f6118aa565b3d91506118c0565b6118f79550611b7c565b61176c565b356001600160401b03811681036101065790565b905f8091602081519101845af48080611989575b156119445750506040513d81523d5f602083013e60203d82010160405290565b1561196957639996b31560e01b5f9081526001600160a01b0391909116600452602490fd5b3d1561197a576040513d5f823e3d90fd5b63d6bda27560e01b5f5260045ffd5b503d1515806119245750813b1515611924565b600160601b63ffffffff60c01b03197f5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b8183816003600160601b0363ffffffff60c01b031981838009080908600160601b63ffffffff60c01b03198380091491600163ffffffff60601b0360601b191190600163ffffffff60601b0360601b1911161690565b60ff811690601f8211611a515760405191611a3e6040846113ff565b6020808452838101919036833783525290565b632cd44ac360e21b5f5260045ffd5b90919293611a6e8484611ef7565b158015611b6b575b15611a875750505050505f90600190565b6020945f9460a094604051948552878501526040840152606083015260808201528280526101005afa15611b69575f5115611ac457600190600190565b60205f60a06040517fbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050238152600584820152600160408201527fa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac95760608201527f5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b60808201528280526101005afa15611b69575f5115611b63575f90600190565b5f905f90565bfe5b50611b76818661199c565b15611a76565b91909392611b8a8286611ef7565b158015611ee6575b611edd5760405193610200611ba781876113ff565b5f5b818110611ec8575050602092611d435f9360c093604051611bc9816113e4565b8681528688820152866040820152895260405191611be6836113e4565b8252868201526001604082015285880190815287611d34604051611c09816113e4565b7f6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29681527f4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5898201526001604082015260808301908152611d25611d16611c6f86516120a6565b9260408601938452611c8181516120a6565b906101008701918252611c9788518651906120e3565b9660608101978852611cac89518351906120e3565b60a0820152611cbe86518351906120e3565b8c820152611ccf88518351906120e3565b60e0820152611ce189518451906120e3565b610120820152611cf486518451906120e3565b610140820152610160611d0a89518551906120e3565b910152519051906120e3565b6101808d0181815295516120e3565b6101a08c0152518351906120e3565b6101c08a0152519051906120e3565b6101e087015260405190848252848083015284604083015260608201527fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f60808201525f5160206125355f395f51905f5260a082015260055afa5f519015611eb657805f5160206125355f395f51905f52809286959495099309905f905f925f945f915b60808310611df2575050505091611dec915f5160206125355f395f51905f529361247f565b50061490565b86611e94575b8160fe1c600c8260fc1c16176040611e108287611f79565b510151611e2c575b5060019060021b9160021b92019190611dc7565b969195909482611e7057505050611e438583611f79565b51519360016040611e636020611e598a88611f79565b5101519886611f79565b5101519695945b90611e18565b90611e899291611e836001989987611f79565b51612201565b969195909594611e6a565b9395611ea59195611eab9397612102565b91612102565b959194909493611df8565b634e487b715f5260126020526024601cfd5b602090611ed3611f5b565b8189015201611ba9565b50505050505f90565b50611ef1848261199c565b15611b92565b908115159182611f44575b5081611f3a575b81611f12575090565b7f7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a89150111590565b8015159150611f09565b5f5160206125355f395f51905f521191505f611f02565b60405190611f68826113e4565b5f6040838281528260208201520152565b9060108110156115c25760051b0190565b307f00000000000000000000000000000000000000000000000000000000000000006001600160a01b0316148061207d575b15611fe5577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261207760c0826113ff565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614611fbc565b6120c6906120b2611f5b565b508051906040602082015191015191612102565b90604051926120d4846113e4565b83526020830152604082015290565b6120c6916120ef611f5b565b5080516040602083015192015192612201565b929091600160601b63ffffffff60c01b0319838009600160601b63ffffffff60c01b0319828009600160601b63ffffffff60c01b0319908190819080096003600160601b0363ffffffff60c01b031909600160601b63ffffffff60c01b0319808880096003090894600160601b63ffffffff60c01b031990819083900960040994600160601b63ffffffff60c01b03198087600209600160601b63ffffffff60c01b0319908103908380090895600160601b63ffffffff60c01b031992839081908009600809600160601b63ffffffff60c01b03199081039290918290898203900890090892600160601b63ffffffff60c01b03199182910960020990565b9193905f945f945f94604081015190600163ffffffff60601b0360601b19828009600160601b63ffffffff60c01b031984800992600160601b63ffffffff60c01b03198086860960208501510991600160601b63ffffffff60c01b031983810381808585098a09089351600160601b63ffffffff60c01b03199086900990600160601b63ffffffff60c01b0319908282039082908b090890811585151694855f146123b45750505050506001146122b9575b50505050565b929650909450919250600160601b63ffffffff60c01b031984800990600160601b63ffffffff60c01b0319908190819080096003600160601b0363ffffffff60c01b031909600160601b63ffffffff60c01b0319808880096003090894600160601b63ffffffff60c01b031990819083900960040994600160601b63ffffffff60c01b03198087600209600160601b63ffffffff60c01b0319908103908380090895600160601b63ffffffff60c01b031992839081908009600809600160601b63ffffffff60c01b03199081039290918290898203900890090892600160601b63ffffffff60c01b031991829109600209905f8080806122b3565b96999a5096509650985098505050600163ffffffff60601b0360601b1983800991600160601b63ffffffff60c01b03199083900991600160601b63ffffffff60c01b031990840991600160601b63ffffffff60c01b03198082600209600160601b63ffffffff60c01b03199081039085810381868009080897600160601b63ffffffff60c01b031993849109600160601b63ffffffff60c01b031990810392909182908a8203900890090893600160601b63ffffffff60c01b0319928391099009905f8080806122b3565b9291801561252a575f60c060209260405190848252848083015284604083015260608201527fffffffff00000001000000000000000000000000fffffffffffffffffffffffd6080820152600163ffffffff60601b0360601b1960a082015260055afa905f519115611eb657600160601b63ffffffff60c01b031982800993600160601b63ffffffff60c01b03199085900993600160601b63ffffffff60c01b031992839109900990565b505090505f905f9056feffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
}

// DeviceRegistry is an auto generated Go binding around an Ethereum contract.
type DeviceRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *DeviceRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewDeviceRegistry creates a new instance of DeviceRegistry.
func NewDeviceRegistry() *DeviceRegistry {
	parsed, err := DeviceRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &DeviceRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *DeviceRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackMAXITEMS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57d4c4ee.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_ITEMS() view returns(uint256)
func (deviceRegistry *DeviceRegistry) PackMAXITEMS() []byte {
	enc, err := deviceRegistry.abi.Pack("MAX_ITEMS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXITEMS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57d4c4ee.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_ITEMS() view returns(uint256)
func (deviceRegistry *DeviceRegistry) TryPackMAXITEMS() ([]byte, error) {
	return deviceRegistry.abi.Pack("MAX_ITEMS")
}

// UnpackMAXITEMS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x57d4c4ee.
//
// Solidity: function MAX_ITEMS() view returns(uint256)
func (deviceRegistry *DeviceRegistry) UnpackMAXITEMS(data []byte) (*big.Int, error) {
	out, err := deviceRegistry.abi.Unpack("MAX_ITEMS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackREGISTRARROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf68e9553.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (deviceRegistry *DeviceRegistry) PackREGISTRARROLE() []byte {
	enc, err := deviceRegistry.abi.Pack("REGISTRAR_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackREGISTRARROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf68e9553.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (deviceRegistry *DeviceRegistry) TryPackREGISTRARROLE() ([]byte, error) {
	return deviceRegistry.abi.Pack("REGISTRAR_ROLE")
}

// UnpackREGISTRARROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf68e9553.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (deviceRegistry *DeviceRegistry) UnpackREGISTRARROLE(data []byte) ([32]byte, error) {
	out, err := deviceRegistry.abi.Unpack("REGISTRAR_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAdopt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0f5d8a4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function adopt() returns()
func (deviceRegistry *DeviceRegistry) PackAdopt() []byte {
	enc, err := deviceRegistry.abi.Pack("adopt")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAdopt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0f5d8a4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function adopt() returns()
func (deviceRegistry *DeviceRegistry) TryPackAdopt() ([]byte, error) {
	return deviceRegistry.abi.Pack("adopt")
}

// PackBind is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ca4ac54.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bind((bytes32,bytes32,bytes32,bytes32,bytes32,uint64)[] bindings, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) PackBind(bindings []Binding, nonce uint64, deadline uint64, sig Signature) []byte {
	enc, err := deviceRegistry.abi.Pack("bind", bindings, nonce, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBind is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ca4ac54.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bind((bytes32,bytes32,bytes32,bytes32,bytes32,uint64)[] bindings, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) TryPackBind(bindings []Binding, nonce uint64, deadline uint64, sig Signature) ([]byte, error) {
	return deviceRegistry.abi.Pack("bind", bindings, nonce, deadline, sig)
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (deviceRegistry *DeviceRegistry) PackCount() []byte {
	enc, err := deviceRegistry.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (deviceRegistry *DeviceRegistry) TryPackCount() ([]byte, error) {
	return deviceRegistry.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (deviceRegistry *DeviceRegistry) UnpackCount(data []byte) (*big.Int, error) {
	out, err := deviceRegistry.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDevices is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5c400de.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function devices(bytes32 device) view returns(uint64 revokedAt, uint32 times, bool barred)
func (deviceRegistry *DeviceRegistry) PackDevices(device [32]byte) []byte {
	enc, err := deviceRegistry.abi.Pack("devices", device)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDevices is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5c400de.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function devices(bytes32 device) view returns(uint64 revokedAt, uint32 times, bool barred)
func (deviceRegistry *DeviceRegistry) TryPackDevices(device [32]byte) ([]byte, error) {
	return deviceRegistry.abi.Pack("devices", device)
}

// DevicesOutput serves as a container for the return parameters of contract
// method Devices.
type DevicesOutput struct {
	RevokedAt uint64
	Times     uint32
	Barred    bool
}

// UnpackDevices is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc5c400de.
//
// Solidity: function devices(bytes32 device) view returns(uint64 revokedAt, uint32 times, bool barred)
func (deviceRegistry *DeviceRegistry) UnpackDevices(data []byte) (DevicesOutput, error) {
	out, err := deviceRegistry.abi.Unpack("devices", data)
	outstruct := new(DevicesOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.RevokedAt = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Times = *abi.ConvertType(out[1], new(uint32)).(*uint32)
	outstruct.Barred = *abi.ConvertType(out[2], new(bool)).(*bool)
	return *outstruct, nil
}

// PackKeyAddress is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2dbdfc2a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (deviceRegistry *DeviceRegistry) PackKeyAddress(x [32]byte, y [32]byte) []byte {
	enc, err := deviceRegistry.abi.Pack("keyAddress", x, y)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackKeyAddress is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2dbdfc2a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (deviceRegistry *DeviceRegistry) TryPackKeyAddress(x [32]byte, y [32]byte) ([]byte, error) {
	return deviceRegistry.abi.Pack("keyAddress", x, y)
}

// UnpackKeyAddress is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2dbdfc2a.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (deviceRegistry *DeviceRegistry) UnpackKeyAddress(data []byte) (common.Address, error) {
	out, err := deviceRegistry.abi.Unpack("keyAddress", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackManager is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x481c6a75.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function manager() view returns(address)
func (deviceRegistry *DeviceRegistry) PackManager() []byte {
	enc, err := deviceRegistry.abi.Pack("manager")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackManager is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x481c6a75.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function manager() view returns(address)
func (deviceRegistry *DeviceRegistry) TryPackManager() ([]byte, error) {
	return deviceRegistry.abi.Pack("manager")
}

// UnpackManager is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x481c6a75.
//
// Solidity: function manager() view returns(address)
func (deviceRegistry *DeviceRegistry) UnpackManager(data []byte) (common.Address, error) {
	out, err := deviceRegistry.abi.Unpack("manager", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackMulticall is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9650d8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (deviceRegistry *DeviceRegistry) PackMulticall(data [][]byte) []byte {
	enc, err := deviceRegistry.abi.Pack("multicall", data)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMulticall is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9650d8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (deviceRegistry *DeviceRegistry) TryPackMulticall(data [][]byte) ([]byte, error) {
	return deviceRegistry.abi.Pack("multicall", data)
}

// UnpackMulticall is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xac9650d8.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (deviceRegistry *DeviceRegistry) UnpackMulticall(data []byte) ([][]byte, error) {
	out, err := deviceRegistry.abi.Unpack("multicall", data)
	if err != nil {
		return *new([][]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([][]byte)).(*[][]byte)
	return out0, nil
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address key) view returns(uint64)
func (deviceRegistry *DeviceRegistry) PackNonces(key common.Address) []byte {
	enc, err := deviceRegistry.abi.Pack("nonces", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(address key) view returns(uint64)
func (deviceRegistry *DeviceRegistry) TryPackNonces(key common.Address) ([]byte, error) {
	return deviceRegistry.abi.Pack("nonces", key)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ecebe00.
//
// Solidity: function nonces(address key) view returns(uint64)
func (deviceRegistry *DeviceRegistry) UnpackNonces(data []byte) (uint64, error) {
	out, err := deviceRegistry.abi.Unpack("nonces", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xebb9e69c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function page(uint256 first, uint256 most) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32)[] list)
func (deviceRegistry *DeviceRegistry) PackPage(first *big.Int, most *big.Int) []byte {
	enc, err := deviceRegistry.abi.Pack("page", first, most)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xebb9e69c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function page(uint256 first, uint256 most) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32)[] list)
func (deviceRegistry *DeviceRegistry) TryPackPage(first *big.Int, most *big.Int) ([]byte, error) {
	return deviceRegistry.abi.Pack("page", first, most)
}

// UnpackPage is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xebb9e69c.
//
// Solidity: function page(uint256 first, uint256 most) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32)[] list)
func (deviceRegistry *DeviceRegistry) UnpackPage(data []byte) ([]Registered, error) {
	out, err := deviceRegistry.abi.Unpack("page", data)
	if err != nil {
		return *new([]Registered), err
	}
	out0 := *abi.ConvertType(out[0], new([]Registered)).(*[]Registered)
	return out0, nil
}

// PackReadmit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x71de229f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function readmit(bytes32[] which, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) PackReadmit(which [][32]byte, nonce uint64, deadline uint64, sig Signature) []byte {
	enc, err := deviceRegistry.abi.Pack("readmit", which, nonce, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReadmit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x71de229f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function readmit(bytes32[] which, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) TryPackReadmit(which [][32]byte, nonce uint64, deadline uint64, sig Signature) ([]byte, error) {
	return deviceRegistry.abi.Pack("readmit", which, nonce, deadline, sig)
}

// PackRegistered is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5524d548.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registered(bytes32 certificate) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32) r)
func (deviceRegistry *DeviceRegistry) PackRegistered(certificate [32]byte) []byte {
	enc, err := deviceRegistry.abi.Pack("registered", certificate)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistered is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5524d548.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registered(bytes32 certificate) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32) r)
func (deviceRegistry *DeviceRegistry) TryPackRegistered(certificate [32]byte) ([]byte, error) {
	return deviceRegistry.abi.Pack("registered", certificate)
}

// UnpackRegistered is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5524d548.
//
// Solidity: function registered(bytes32 certificate) view returns(((bytes32,bytes32,bytes32,bytes32,bytes32,uint64),uint64,uint64,uint32) r)
func (deviceRegistry *DeviceRegistry) UnpackRegistered(data []byte) (Registered, error) {
	out, err := deviceRegistry.abi.Unpack("registered", data)
	if err != nil {
		return *new(Registered), err
	}
	out0 := *abi.ConvertType(out[0], new(Registered)).(*Registered)
	return out0, nil
}

// PackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9550041.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revoke(bytes32[] certificates, bytes32[] which, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) PackRevoke(certificates [][32]byte, which [][32]byte, nonce uint64, deadline uint64, sig Signature) []byte {
	enc, err := deviceRegistry.abi.Pack("revoke", certificates, which, nonce, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9550041.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revoke(bytes32[] certificates, bytes32[] which, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (deviceRegistry *DeviceRegistry) TryPackRevoke(certificates [][32]byte, which [][32]byte, nonce uint64, deadline uint64, sig Signature) ([]byte, error) {
	return deviceRegistry.abi.Pack("revoke", certificates, which, nonce, deadline, sig)
}

// PackVerify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x869adcb9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function verify(bytes32 certificate, bytes32 digest, bytes32 r, bytes32 s) view returns(uint8)
func (deviceRegistry *DeviceRegistry) PackVerify(certificate [32]byte, digest [32]byte, r [32]byte, s [32]byte) []byte {
	enc, err := deviceRegistry.abi.Pack("verify", certificate, digest, r, s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVerify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x869adcb9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function verify(bytes32 certificate, bytes32 digest, bytes32 r, bytes32 s) view returns(uint8)
func (deviceRegistry *DeviceRegistry) TryPackVerify(certificate [32]byte, digest [32]byte, r [32]byte, s [32]byte) ([]byte, error) {
	return deviceRegistry.abi.Pack("verify", certificate, digest, r, s)
}

// UnpackVerify is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x869adcb9.
//
// Solidity: function verify(bytes32 certificate, bytes32 digest, bytes32 r, bytes32 s) view returns(uint8)
func (deviceRegistry *DeviceRegistry) UnpackVerify(data []byte) (uint8, error) {
	out, err := deviceRegistry.abi.Unpack("verify", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// DeviceRegistryBound represents a Bound event raised by the DeviceRegistry contract.
type DeviceRegistryBound struct {
	Certificate [32]byte
	Device      [32]byte
	By          common.Address
	Group       [32]byte
	NotAfter    uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const DeviceRegistryBoundEventName = "Bound"

// ContractEventName returns the user-defined event name.
func (DeviceRegistryBound) ContractEventName() string {
	return DeviceRegistryBoundEventName
}

// UnpackBoundEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Bound(bytes32 indexed certificate, bytes32 indexed device, address indexed by, bytes32 group, uint64 notAfter)
func (deviceRegistry *DeviceRegistry) UnpackBoundEvent(log *types.Log) (*DeviceRegistryBound, error) {
	event := "Bound"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != deviceRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DeviceRegistryBound)
	if len(log.Data) > 0 {
		if err := deviceRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range deviceRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// DeviceRegistryCertificateRevoked represents a CertificateRevoked event raised by the DeviceRegistry contract.
type DeviceRegistryCertificateRevoked struct {
	Certificate [32]byte
	Device      [32]byte
	By          common.Address
	Raw         *types.Log // Blockchain specific contextual infos
}

const DeviceRegistryCertificateRevokedEventName = "CertificateRevoked"

// ContractEventName returns the user-defined event name.
func (DeviceRegistryCertificateRevoked) ContractEventName() string {
	return DeviceRegistryCertificateRevokedEventName
}

// UnpackCertificateRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event CertificateRevoked(bytes32 indexed certificate, bytes32 indexed device, address indexed by)
func (deviceRegistry *DeviceRegistry) UnpackCertificateRevokedEvent(log *types.Log) (*DeviceRegistryCertificateRevoked, error) {
	event := "CertificateRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != deviceRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DeviceRegistryCertificateRevoked)
	if len(log.Data) > 0 {
		if err := deviceRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range deviceRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// DeviceRegistryDeviceReadmitted represents a DeviceReadmitted event raised by the DeviceRegistry contract.
type DeviceRegistryDeviceReadmitted struct {
	Device [32]byte
	By     common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const DeviceRegistryDeviceReadmittedEventName = "DeviceReadmitted"

// ContractEventName returns the user-defined event name.
func (DeviceRegistryDeviceReadmitted) ContractEventName() string {
	return DeviceRegistryDeviceReadmittedEventName
}

// UnpackDeviceReadmittedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DeviceReadmitted(bytes32 indexed device, address indexed by)
func (deviceRegistry *DeviceRegistry) UnpackDeviceReadmittedEvent(log *types.Log) (*DeviceRegistryDeviceReadmitted, error) {
	event := "DeviceReadmitted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != deviceRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DeviceRegistryDeviceReadmitted)
	if len(log.Data) > 0 {
		if err := deviceRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range deviceRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// DeviceRegistryDeviceRevoked represents a DeviceRevoked event raised by the DeviceRegistry contract.
type DeviceRegistryDeviceRevoked struct {
	Device [32]byte
	By     common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const DeviceRegistryDeviceRevokedEventName = "DeviceRevoked"

// ContractEventName returns the user-defined event name.
func (DeviceRegistryDeviceRevoked) ContractEventName() string {
	return DeviceRegistryDeviceRevokedEventName
}

// UnpackDeviceRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DeviceRevoked(bytes32 indexed device, address indexed by)
func (deviceRegistry *DeviceRegistry) UnpackDeviceRevokedEvent(log *types.Log) (*DeviceRegistryDeviceRevoked, error) {
	event := "DeviceRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != deviceRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DeviceRegistryDeviceRevoked)
	if len(log.Data) > 0 {
		if err := deviceRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range deviceRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (deviceRegistry *DeviceRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["AddressEmptyCode"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackAddressEmptyCodeError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["AlreadyAdopted"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackAlreadyAdoptedError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["AlreadyBound"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackAlreadyBoundError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["AlreadyRevoked"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackAlreadyRevokedError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["BadBinding"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackBadBindingError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["BadCount"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackBadCountError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["DeviceIsNotRevoked"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackDeviceIsNotRevokedError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["DeviceIsRevoked"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackDeviceIsRevokedError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["Expired"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["FailedCall"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackFailedCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["NotBound"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackNotBoundError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["NotRegistrar"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackNotRegistrarError(raw[4:])
	}
	if bytes.Equal(raw[:4], deviceRegistry.abi.Errors["WrongNonce"].ID.Bytes()[:4]) {
		return deviceRegistry.UnpackWrongNonceError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// DeviceRegistryAddressEmptyCode represents a AddressEmptyCode error raised by the DeviceRegistry contract.
type DeviceRegistryAddressEmptyCode struct {
	Target common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AddressEmptyCode(address target)
func DeviceRegistryAddressEmptyCodeErrorID() common.Hash {
	return common.HexToHash("0x9996b315c842ff135b8fc4a08ad5df1c344efbc03d2687aecc0678050d2aac89")
}

// UnpackAddressEmptyCodeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AddressEmptyCode(address target)
func (deviceRegistry *DeviceRegistry) UnpackAddressEmptyCodeError(raw []byte) (*DeviceRegistryAddressEmptyCode, error) {
	out := new(DeviceRegistryAddressEmptyCode)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "AddressEmptyCode", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryAlreadyAdopted represents a AlreadyAdopted error raised by the DeviceRegistry contract.
type DeviceRegistryAlreadyAdopted struct {
	Manager common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyAdopted(address manager)
func DeviceRegistryAlreadyAdoptedErrorID() common.Hash {
	return common.HexToHash("0x756d887bebd5dac6221f79ed5ba98270828ac036a89e596752584dfe00e5e3ba")
}

// UnpackAlreadyAdoptedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyAdopted(address manager)
func (deviceRegistry *DeviceRegistry) UnpackAlreadyAdoptedError(raw []byte) (*DeviceRegistryAlreadyAdopted, error) {
	out := new(DeviceRegistryAlreadyAdopted)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "AlreadyAdopted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryAlreadyBound represents a AlreadyBound error raised by the DeviceRegistry contract.
type DeviceRegistryAlreadyBound struct {
	Certificate [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyBound(bytes32 certificate)
func DeviceRegistryAlreadyBoundErrorID() common.Hash {
	return common.HexToHash("0x3afc48990973fe298b0b825095f9ca18b9524dc6bff9b93835014b206b3b6a22")
}

// UnpackAlreadyBoundError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyBound(bytes32 certificate)
func (deviceRegistry *DeviceRegistry) UnpackAlreadyBoundError(raw []byte) (*DeviceRegistryAlreadyBound, error) {
	out := new(DeviceRegistryAlreadyBound)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "AlreadyBound", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryAlreadyRevoked represents a AlreadyRevoked error raised by the DeviceRegistry contract.
type DeviceRegistryAlreadyRevoked struct {
	What [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyRevoked(bytes32 what)
func DeviceRegistryAlreadyRevokedErrorID() common.Hash {
	return common.HexToHash("0x90315de188eb047fc54ca36d1436afb1afc987c1864c711074a89029958f122f")
}

// UnpackAlreadyRevokedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyRevoked(bytes32 what)
func (deviceRegistry *DeviceRegistry) UnpackAlreadyRevokedError(raw []byte) (*DeviceRegistryAlreadyRevoked, error) {
	out := new(DeviceRegistryAlreadyRevoked)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "AlreadyRevoked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryBadBinding represents a BadBinding error raised by the DeviceRegistry contract.
type DeviceRegistryBadBinding struct {
	Certificate [32]byte
	Why         string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadBinding(bytes32 certificate, string why)
func DeviceRegistryBadBindingErrorID() common.Hash {
	return common.HexToHash("0xcfe946404b0239eb166a6b0d511c82ebde45689bf8ff30d5cf012a8cc423c79b")
}

// UnpackBadBindingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadBinding(bytes32 certificate, string why)
func (deviceRegistry *DeviceRegistry) UnpackBadBindingError(raw []byte) (*DeviceRegistryBadBinding, error) {
	out := new(DeviceRegistryBadBinding)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "BadBinding", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryBadCount represents a BadCount error raised by the DeviceRegistry contract.
type DeviceRegistryBadCount struct {
	Count *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadCount(uint256 count)
func DeviceRegistryBadCountErrorID() common.Hash {
	return common.HexToHash("0x533eafb7e2f744d851f12c5fc3ea4e8b819399905353caf8bc190c032ab67393")
}

// UnpackBadCountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadCount(uint256 count)
func (deviceRegistry *DeviceRegistry) UnpackBadCountError(raw []byte) (*DeviceRegistryBadCount, error) {
	out := new(DeviceRegistryBadCount)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "BadCount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryBadSignature represents a BadSignature error raised by the DeviceRegistry contract.
type DeviceRegistryBadSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature()
func DeviceRegistryBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x5cd5d2335541c4f2ed05fbe44f397e8b79f8e2333157122d2dab06e378ef7685")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature()
func (deviceRegistry *DeviceRegistry) UnpackBadSignatureError(raw []byte) (*DeviceRegistryBadSignature, error) {
	out := new(DeviceRegistryBadSignature)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryDeviceIsNotRevoked represents a DeviceIsNotRevoked error raised by the DeviceRegistry contract.
type DeviceRegistryDeviceIsNotRevoked struct {
	Device [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeviceIsNotRevoked(bytes32 device)
func DeviceRegistryDeviceIsNotRevokedErrorID() common.Hash {
	return common.HexToHash("0x41743a68189d15c3a456ac3ce65b546da7a6fa132112c8b2e9b3349109a48719")
}

// UnpackDeviceIsNotRevokedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeviceIsNotRevoked(bytes32 device)
func (deviceRegistry *DeviceRegistry) UnpackDeviceIsNotRevokedError(raw []byte) (*DeviceRegistryDeviceIsNotRevoked, error) {
	out := new(DeviceRegistryDeviceIsNotRevoked)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "DeviceIsNotRevoked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryDeviceIsRevoked represents a DeviceIsRevoked error raised by the DeviceRegistry contract.
type DeviceRegistryDeviceIsRevoked struct {
	Device [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeviceIsRevoked(bytes32 device)
func DeviceRegistryDeviceIsRevokedErrorID() common.Hash {
	return common.HexToHash("0xdceb7f6f6d473ca2d8ecf35fc49ced3deae4da3d82183de31832b6d1ac6f8db5")
}

// UnpackDeviceIsRevokedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeviceIsRevoked(bytes32 device)
func (deviceRegistry *DeviceRegistry) UnpackDeviceIsRevokedError(raw []byte) (*DeviceRegistryDeviceIsRevoked, error) {
	out := new(DeviceRegistryDeviceIsRevoked)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "DeviceIsRevoked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryExpired represents a Expired error raised by the DeviceRegistry contract.
type DeviceRegistryExpired struct {
	Deadline uint64
	NowIs    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Expired(uint64 deadline, uint256 nowIs)
func DeviceRegistryExpiredErrorID() common.Hash {
	return common.HexToHash("0x91cc37bcaeec164e5bc377adb7e09e2a00c91458581814d0294b11a1ab47958a")
}

// UnpackExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Expired(uint64 deadline, uint256 nowIs)
func (deviceRegistry *DeviceRegistry) UnpackExpiredError(raw []byte) (*DeviceRegistryExpired, error) {
	out := new(DeviceRegistryExpired)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "Expired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryFailedCall represents a FailedCall error raised by the DeviceRegistry contract.
type DeviceRegistryFailedCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FailedCall()
func DeviceRegistryFailedCallErrorID() common.Hash {
	return common.HexToHash("0xd6bda27508c0fb6d8a39b4b122878dab26f731a7d4e4abe711dd3731899052a4")
}

// UnpackFailedCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FailedCall()
func (deviceRegistry *DeviceRegistry) UnpackFailedCallError(raw []byte) (*DeviceRegistryFailedCall, error) {
	out := new(DeviceRegistryFailedCall)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "FailedCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryNotBound represents a NotBound error raised by the DeviceRegistry contract.
type DeviceRegistryNotBound struct {
	Certificate [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotBound(bytes32 certificate)
func DeviceRegistryNotBoundErrorID() common.Hash {
	return common.HexToHash("0x58cd748809795001d23441d154b2b604de7a8eebd4388622dbefdfb641e59f56")
}

// UnpackNotBoundError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotBound(bytes32 certificate)
func (deviceRegistry *DeviceRegistry) UnpackNotBoundError(raw []byte) (*DeviceRegistryNotBound, error) {
	out := new(DeviceRegistryNotBound)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "NotBound", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryNotRegistrar represents a NotRegistrar error raised by the DeviceRegistry contract.
type DeviceRegistryNotRegistrar struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotRegistrar(address key)
func DeviceRegistryNotRegistrarErrorID() common.Hash {
	return common.HexToHash("0x53ac4f07998c4678ca11fbeac5fe32637f94d155b83727ad15c7388e03008a82")
}

// UnpackNotRegistrarError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotRegistrar(address key)
func (deviceRegistry *DeviceRegistry) UnpackNotRegistrarError(raw []byte) (*DeviceRegistryNotRegistrar, error) {
	out := new(DeviceRegistryNotRegistrar)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "NotRegistrar", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DeviceRegistryWrongNonce represents a WrongNonce error raised by the DeviceRegistry contract.
type DeviceRegistryWrongNonce struct {
	Key  common.Address
	Want uint64
	Got  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongNonce(address key, uint64 want, uint64 got)
func DeviceRegistryWrongNonceErrorID() common.Hash {
	return common.HexToHash("0xbb1c9be07d874f154a7ccb9d0400a17c008fb2ed8a93c5ee0390582b7745d679")
}

// UnpackWrongNonceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongNonce(address key, uint64 want, uint64 got)
func (deviceRegistry *DeviceRegistry) UnpackWrongNonceError(raw []byte) (*DeviceRegistryWrongNonce, error) {
	out := new(DeviceRegistryWrongNonce)
	if err := deviceRegistry.abi.UnpackIntoInterface(out, "WrongNonce", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IRuleMetaData contains all meta data concerning the IRule contract.
var IRuleMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"components\":[{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int128\",\"name\":\"low\",\"type\":\"int128\"},{\"internalType\":\"int128\",\"name\":\"high\",\"type\":\"int128\"},{\"internalType\":\"uint32\",\"name\":\"samples\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"period\",\"type\":\"uint64\"},{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"judged\",\"type\":\"int64\"},{\"internalType\":\"uint32\",\"name\":\"size\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"fields\",\"type\":\"uint32\"},{\"internalType\":\"int64\",\"name\":\"since\",\"type\":\"int64\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast[]\",\"name\":\"past\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast\",\"name\":\"past\",\"type\":\"tuple\"}],\"internalType\":\"structBeside[]\",\"name\":\"beside\",\"type\":\"tuple[]\"}],\"internalType\":\"structReading\",\"name\":\"r\",\"type\":\"tuple\"}],\"name\":\"check\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"reason\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"digest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"kind\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"needs\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"past\",\"type\":\"uint8\"},{\"internalType\":\"bytes32[]\",\"name\":\"kinds\",\"type\":\"bytes32[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "IRule",
}

// IRule is an auto generated Go binding around an Ethereum contract.
type IRule struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *IRule) GetABI() abi.ABI {
	return c.abi
}

// NewIRule creates a new instance of IRule.
func NewIRule() *IRule {
	parsed, err := IRuleMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &IRule{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *IRule) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1808b8a4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason)
func (iRule *IRule) PackCheck(r Reading) []byte {
	enc, err := iRule.abi.Pack("check", r)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1808b8a4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason)
func (iRule *IRule) TryPackCheck(r Reading) ([]byte, error) {
	return iRule.abi.Pack("check", r)
}

// UnpackCheck is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1808b8a4.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason)
func (iRule *IRule) UnpackCheck(data []byte) (uint32, error) {
	out, err := iRule.abi.Unpack("check", data)
	if err != nil {
		return *new(uint32), err
	}
	out0 := *abi.ConvertType(out[0], new(uint32)).(*uint32)
	return out0, nil
}

// PackDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x52a82b65.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function digest() view returns(bytes32)
func (iRule *IRule) PackDigest() []byte {
	enc, err := iRule.abi.Pack("digest")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x52a82b65.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function digest() view returns(bytes32)
func (iRule *IRule) TryPackDigest() ([]byte, error) {
	return iRule.abi.Pack("digest")
}

// UnpackDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x52a82b65.
//
// Solidity: function digest() view returns(bytes32)
func (iRule *IRule) UnpackDigest(data []byte) ([32]byte, error) {
	out, err := iRule.abi.Unpack("digest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackKind is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x04baa00b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function kind() pure returns(bytes32)
func (iRule *IRule) PackKind() []byte {
	enc, err := iRule.abi.Pack("kind")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackKind is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x04baa00b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function kind() pure returns(bytes32)
func (iRule *IRule) TryPackKind() ([]byte, error) {
	return iRule.abi.Pack("kind")
}

// UnpackKind is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x04baa00b.
//
// Solidity: function kind() pure returns(bytes32)
func (iRule *IRule) UnpackKind(data []byte) ([32]byte, error) {
	out, err := iRule.abi.Unpack("kind", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackNeeds is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0d479064.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function needs() view returns(uint8 past, bytes32[] kinds)
func (iRule *IRule) PackNeeds() []byte {
	enc, err := iRule.abi.Pack("needs")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNeeds is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0d479064.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function needs() view returns(uint8 past, bytes32[] kinds)
func (iRule *IRule) TryPackNeeds() ([]byte, error) {
	return iRule.abi.Pack("needs")
}

// NeedsOutput serves as a container for the return parameters of contract
// method Needs.
type NeedsOutput struct {
	Past  uint8
	Kinds [][32]byte
}

// UnpackNeeds is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0d479064.
//
// Solidity: function needs() view returns(uint8 past, bytes32[] kinds)
func (iRule *IRule) UnpackNeeds(data []byte) (NeedsOutput, error) {
	out, err := iRule.abi.Unpack("needs", data)
	outstruct := new(NeedsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Past = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.Kinds = *abi.ConvertType(out[1], new([][32]byte)).(*[][32]byte)
	return *outstruct, nil
}

// LimitRuleMetaData contains all meta data concerning the LimitRule contract.
var LimitRuleMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int64\",\"name\":\"min\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"max\",\"type\":\"int64\"},{\"internalType\":\"uint64\",\"name\":\"maxAge\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxAhead\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"maxRate\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"maxSamples\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"maxBytes\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"fields\",\"type\":\"uint32\"}],\"internalType\":\"structLimit[]\",\"name\":\"given\",\"type\":\"tuple[]\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"why\",\"type\":\"string\"}],\"name\":\"BadLimit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GAP_TOLERANCE\",\"outputs\":[{\"internalType\":\"int256\",\"name\":\"\",\"type\":\"int256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_LIMITS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_SPAN\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"first\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"most\",\"type\":\"uint256\"}],\"name\":\"limits\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int64\",\"name\":\"min\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"max\",\"type\":\"int64\"},{\"internalType\":\"uint64\",\"name\":\"maxAge\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxAhead\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"maxRate\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"maxSamples\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"maxBytes\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"fields\",\"type\":\"uint32\"}],\"internalType\":\"structLimit[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "LimitRule",
	Bin: "0x608080604052346106e4576110f0803803809161001c82856106e8565b83398101906020818303126106e4578051906001600160401b0382116106e457019080601f830112156106e4578151906001600160401b038211610291576040519261006e60208460051b01856106e8565b82845260208401916020610140849502830101918183116106e457602001925b82841061061057858581518015908115610605575b506105ba575f5b82518110156104b3576100bd818461073e565b51906100c98251610752565b15801561049f575b610439576040820191825160070b906060810191825160070b126103f957608081019164496cebb80060018060401b038451161180156103dc575b610383576101208201926101ff63ffffffff8551161161032757841515806102f2575b6102a557825195600154926801000000000000000084101561029157600184018060015584101561027d5760015f8181527fb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf69095019890985584518452600260208181526040958690208751815587820151818c015593519251945160a08801516fffffffffffffffff000000000000000096881b969096166001600160401b039094169390931760809390931b600160801b600160c01b03169290921760c094851b6001600160c01b031916179083015591840151600391909101805460e08601516101009096015196516001600160801b031990911663ffffffff93909316929092179490921b67ffffffff0000000016939093179390911b6bffffffff0000000000000000169290921760609190911b6fffffffff00000000000000000000000016179055016100aa565b634e487b7160e01b5f52603260045260245ffd5b634e487b7160e01b5f52604160045260245ffd5b60848351604051906355ae680b60e01b8252600482015260406024820152602060448201527f6b696e6473206d75737420726973652c2065616368206e616d6564206f6e63656064820152fd5b5082515f1986018681116103135761030a908a61073e565b5151101561012f565b634e487b7160e01b5f52601160045260245ffd5b60a48351604051906355ae680b60e01b8252600482015260406024820152602660448201527f6669656c6473206e616d65732061206669656c642074686174207468657265206064820152651a5cc81b9bdd60d21b6084820152fd5b60a48251604051906355ae680b60e01b8252600482015260406024820152602360448201527f61676520616e6420616865616420617265206174206d6f73742074656e20796560648201526261727360e81b6084820152fd5b5060a082015164496cebb8006001600160401b039091161161010c565b60849051604051906355ae680b60e01b8252600482015260406024820152601060448201526f0dad2dc40d2e640c2c4deecca40dac2f60831b6064820152fd5b60a48251604051906355ae680b60e01b8252600482015260406024820152603060448201527f6b696e6420616e6420756e697420617265207072696e7461626c65204153434960648201526f4920776974686f75742073706163657360801b6084820152fd5b506104ad6020830151610752565b156100d1565b50906040519081602081019360608201927077617264666c6f772e6c696d6974732f3160781b8652604080840152518093526080820190925f5b81811061051d575050610509925003601f1981018352826106e8565b5190205f5560405161092d90816107c38239f35b91600191935061014060209163ffffffff6101208851805184528581015186850152604081015160070b6040850152606081015160070b6060850152868060401b036080820151166080850152868060401b0360a08201511660a08501528260c08201511660c08501528260e08201511660e0850152826101008201511661010085015201511661012082015201940191019184929391936104ed565b60846040516355ae680b60e01b81525f600482015260406024820152601960448201527f612072756c6520686173203120746f203634206c696d697473000000000000006064820152fd5b6040915011836100a3565b610140848303126106e457604051906101408201906001600160401b0382118383101761029157610140926020926040528651815282870151838201526106596040880161070b565b604082015261066a6060880161070b565b606082015261067b60808801610719565b608082015261068c60a08801610719565b60a082015261069d60c0880161072d565b60c08201526106ae60e0880161072d565b60e08201526106c0610100880161072d565b6101008201526106d3610120880161072d565b61012082015281520193019261008e565b5f80fd5b601f909101601f19168101906001600160401b0382119082101761029157604052565b51908160070b82036106e457565b51906001600160401b03821682036106e457565b519063ffffffff821682036106e457565b805182101561027d5760209160051b010190565b80156107bd575f5f5b6020811061076b57505050600190565b82811a8061078157509050600180915b0161075b565b829083156107b1575b81156107a5575b5061079e5760019061077b565b5050505f90565b607f915010155f610791565b6020811115915061078a565b505f9056fe6080806040526004361015610012575f80fd5b5f3560e01c90816304baa00b1461046c5750806306661abd1461044f5780630d479064146103e45780631808b8a41461039657806352a82b651461037a578063a16e45211461035d578063bed56c3e146100bd578063e380626b1461009e5763edb61ca41461007f575f80fd5b3461009a575f36600319011261009a57602060405160408152f35b5f80fd5b3461009a575f36600319011261009a57602060405164496cebb8008152f35b3461009a57604036600319011261009a5760015460043590602435818310156103575782820382811161021e575b8082101561035057505b610106610101826104f3565b6104cd565b90808252610116601f19916104f3565b015f5b8181106102ff5750505f5b8151811015610232578084019081851161021e578382101561020a576001917fb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf601545f52600260205260405f2063ffffffff6003610180610498565b928054845285810154602085015260028101548060070b60408601528060401c60070b606086015267ffffffffffffffff8160801c16608086015260c01c60a0850152015481811660c0840152818160201c1660e0840152818160401c1661010084015260601c166101208201526101f88285610816565b526102038184610816565b5001610124565b634e487b7160e01b5f52603260045260245ffd5b634e487b7160e01b5f52601160045260245ffd5b506040518091602082016020835281518091526020604084019201905f5b81811061025e575050500390f35b91935091602061014060019263ffffffff6101208851805184528581015186850152604081015160070b6040850152606081015160070b606085015267ffffffffffffffff608082015116608085015267ffffffffffffffff60a08201511660a08501528260c08201511660c08501528260e08201511660e08501528261010082015116610100850152015116610120820152019401910191849392610250565b60209061030a610498565b5f81525f838201525f60408201525f60608201525f60808201525f60a08201525f60c08201525f60e08201525f6101008201525f61012082015282828601015201610119565b90506100f5565b5f6100eb565b3461009a575f36600319011261009a576020604051620f42408152f35b3461009a575f36600319011261009a5760205f54604051908152f35b3461009a57602036600319011261009a5760043567ffffffffffffffff811161009a576101e0600319823603011261009a576103d6602091600401610538565b63ffffffff60405191168152f35b3461009a575f36600319011261009a5760206103ff816104cd565b905f82525f368137604051918291604083015f8452604082850152825180915281606085019301915f5b82811061043857505050500390f35b835185528695509381019392810192600101610429565b3461009a575f36600319011261009a576020600154604051908152f35b3461009a575f36600319011261009a577077617264666c6f772e6c696d6974732f3160781b8152602090f35b60405190610140820182811067ffffffffffffffff8211176104b957604052565b634e487b7160e01b5f52604160045260245ffd5b6040519190601f01601f1916820167ffffffffffffffff8111838210176104b957604052565b67ffffffffffffffff81116104b95760051b60200190565b3563ffffffff8116810361009a5790565b3580600f0b810361009a5790565b358060070b810361009a5790565b604081013590815f52600260205260405f2091801590811561080a575b506108035760018201546060820135036107fc5760c0810163ffffffff61057b8261050b565b166107af575b60038301546105968363ffffffff831661083f565b6107a6576101008301936105a98561052a565b60070b610702575b5063ffffffff8160201c1680151590816106ea575b506106c55763ffffffff8160401c1680151590816106ce575b506106c55760601c9060208301356bffffffffffffffffffffffff60a01b811680910361009a57159384156106af575b508315610697575b8315610658575b508215610635575b5050610630575f90565b600b90565b63ffffffff91925061064d610160838316940161050b565b161614155f80610626565b600191935061066b63ffffffff9161050b565b16118061067a575b915f61061e565b5067ffffffffffffffff61069060e0830161082a565b1615610673565b925063ffffffff6106a78461050b565b161592610617565b6106ba91945061052a565b60070b15925f61060f565b50505050600a90565b905063ffffffff6106e2610140860161050b565b16115f6105df565b905063ffffffff6106fa8461050b565b16115f6105c6565b61070f610120850161052a565b60070b9061071c8661052a565b60070b915f838203931281841281169184139015161761021e576002015467ffffffffffffffff8160801c16801515908161079c575b506107915760c01c8015159182610779575b5050610770575f6105b1565b50505050600990565b909150600160ff1b811461021e575f03135f80610764565b505050505050600890565b905082135f610752565b50505050600790565b6107bb6080830161051c565b6002840154908160070b90600f0b126107f3576107da60a0840161051c565b9060401c60070b90600f0b131561058157505050600690565b50505050600590565b5050600490565b5050600390565b9050825414155f610555565b805182101561020a5760209160051b010190565b3567ffffffffffffffff8116810361009a5790565b63ffffffff169081156109275760e0810167ffffffffffffffff6108628261082a565b16151590816108ea575b506108e35761018001905f6108808361052a565b60070b1215918261089057505090565b61089b91925061052a565b60070b620f42408101905f620f42408312911290801582169115161761021e57808202915f8212600160ff1b82141661021e57818305149015171561021e57633b9aca001390565b5050600190565b67ffffffffffffffff91506108fe9061082a565b166001810180911161021e578281029080820484149015171561021e57633b9aca00115f61086c565b50505f9056",
}

// LimitRule is an auto generated Go binding around an Ethereum contract.
type LimitRule struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *LimitRule) GetABI() abi.ABI {
	return c.abi
}

// NewLimitRule creates a new instance of LimitRule.
func NewLimitRule() *LimitRule {
	parsed, err := LimitRuleMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &LimitRule{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *LimitRule) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor((bytes32,bytes32,int64,int64,uint64,uint64,uint32,uint32,uint32,uint32)[] given) returns()
func (limitRule *LimitRule) PackConstructor(given []Limit) []byte {
	enc, err := limitRule.abi.Pack("", given)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackGAPTOLERANCE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa16e4521.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function GAP_TOLERANCE() view returns(int256)
func (limitRule *LimitRule) PackGAPTOLERANCE() []byte {
	enc, err := limitRule.abi.Pack("GAP_TOLERANCE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGAPTOLERANCE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa16e4521.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function GAP_TOLERANCE() view returns(int256)
func (limitRule *LimitRule) TryPackGAPTOLERANCE() ([]byte, error) {
	return limitRule.abi.Pack("GAP_TOLERANCE")
}

// UnpackGAPTOLERANCE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa16e4521.
//
// Solidity: function GAP_TOLERANCE() view returns(int256)
func (limitRule *LimitRule) UnpackGAPTOLERANCE(data []byte) (*big.Int, error) {
	out, err := limitRule.abi.Unpack("GAP_TOLERANCE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXLIMITS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xedb61ca4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_LIMITS() view returns(uint256)
func (limitRule *LimitRule) PackMAXLIMITS() []byte {
	enc, err := limitRule.abi.Pack("MAX_LIMITS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXLIMITS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xedb61ca4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_LIMITS() view returns(uint256)
func (limitRule *LimitRule) TryPackMAXLIMITS() ([]byte, error) {
	return limitRule.abi.Pack("MAX_LIMITS")
}

// UnpackMAXLIMITS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xedb61ca4.
//
// Solidity: function MAX_LIMITS() view returns(uint256)
func (limitRule *LimitRule) UnpackMAXLIMITS(data []byte) (*big.Int, error) {
	out, err := limitRule.abi.Unpack("MAX_LIMITS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_SPAN() view returns(uint256)
func (limitRule *LimitRule) PackMAXSPAN() []byte {
	enc, err := limitRule.abi.Pack("MAX_SPAN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_SPAN() view returns(uint256)
func (limitRule *LimitRule) TryPackMAXSPAN() ([]byte, error) {
	return limitRule.abi.Pack("MAX_SPAN")
}

// UnpackMAXSPAN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe380626b.
//
// Solidity: function MAX_SPAN() view returns(uint256)
func (limitRule *LimitRule) UnpackMAXSPAN(data []byte) (*big.Int, error) {
	out, err := limitRule.abi.Unpack("MAX_SPAN", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (limitRule *LimitRule) PackCount() []byte {
	enc, err := limitRule.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (limitRule *LimitRule) TryPackCount() ([]byte, error) {
	return limitRule.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (limitRule *LimitRule) UnpackCount(data []byte) (*big.Int, error) {
	out, err := limitRule.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackLimits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbed56c3e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function limits(uint256 first, uint256 most) view returns((bytes32,bytes32,int64,int64,uint64,uint64,uint32,uint32,uint32,uint32)[] page)
func (limitRule *LimitRule) PackLimits(first *big.Int, most *big.Int) []byte {
	enc, err := limitRule.abi.Pack("limits", first, most)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLimits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbed56c3e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function limits(uint256 first, uint256 most) view returns((bytes32,bytes32,int64,int64,uint64,uint64,uint32,uint32,uint32,uint32)[] page)
func (limitRule *LimitRule) TryPackLimits(first *big.Int, most *big.Int) ([]byte, error) {
	return limitRule.abi.Pack("limits", first, most)
}

// UnpackLimits is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbed56c3e.
//
// Solidity: function limits(uint256 first, uint256 most) view returns((bytes32,bytes32,int64,int64,uint64,uint64,uint32,uint32,uint32,uint32)[] page)
func (limitRule *LimitRule) UnpackLimits(data []byte) ([]Limit, error) {
	out, err := limitRule.abi.Unpack("limits", data)
	if err != nil {
		return *new([]Limit), err
	}
	out0 := *abi.ConvertType(out[0], new([]Limit)).(*[]Limit)
	return out0, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (limitRule *LimitRule) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], limitRule.abi.Errors["BadLimit"].ID.Bytes()[:4]) {
		return limitRule.UnpackBadLimitError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// LimitRuleBadLimit represents a BadLimit error raised by the LimitRule contract.
type LimitRuleBadLimit struct {
	Kind [32]byte
	Why  string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadLimit(bytes32 kind, string why)
func LimitRuleBadLimitErrorID() common.Hash {
	return common.HexToHash("0x55ae680bc4697ce64cc65be2a10ad69ebcf69d3635198431396d36cc3d572cc0")
}

// UnpackBadLimitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadLimit(bytes32 kind, string why)
func (limitRule *LimitRule) UnpackBadLimitError(raw []byte) (*LimitRuleBadLimit, error) {
	out := new(LimitRuleBadLimit)
	if err := limitRule.abi.UnpackIntoInterface(out, "BadLimit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerMetaData contains all meta data concerning the RuleManager contract.
var RuleManagerMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address[]\",\"name\":\"admins\",\"type\":\"address[]\"},{\"internalType\":\"address[]\",\"name\":\"registrars\",\"type\":\"address[]\"},{\"internalType\":\"uint8\",\"name\":\"needed\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"}],\"internalType\":\"structDraft[]\",\"name\":\"first\",\"type\":\"tuple[]\"},{\"internalType\":\"contractAuditAnchor\",\"name\":\"anchor_\",\"type\":\"address\"},{\"internalType\":\"contractDeviceRegistry\",\"name\":\"registry_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AccessControlBadConfirmation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"neededRole\",\"type\":\"bytes32\"}],\"name\":\"AccessControlUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"target\",\"type\":\"address\"}],\"name\":\"AddressEmptyCode\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"AlreadyApproved\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"enumStatus\",\"name\":\"status\",\"type\":\"uint8\"}],\"name\":\"AlreadyDone\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"AlreadyHas\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"}],\"name\":\"AlreadyRetired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"count\",\"type\":\"uint256\"}],\"name\":\"BadChanges\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"why\",\"type\":\"string\"}],\"name\":\"BadGroup\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"}],\"name\":\"BadMode\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint256\",\"name\":\"count\",\"type\":\"uint256\"}],\"name\":\"BadParts\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EnforcedPause\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ExpectedPause\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"nowIs\",\"type\":\"uint256\"}],\"name\":\"Expired\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"FailedCall\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"HasNot\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"has\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"wants\",\"type\":\"uint256\"}],\"name\":\"NeedsApprovals\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"}],\"name\":\"NoSuchEntry\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"NoSuchProposal\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"NoSuchRole\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"NotAContract\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"}],\"name\":\"NotARule\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotAdmin\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"change\",\"type\":\"uint256\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"found\",\"type\":\"uint64\"}],\"name\":\"Stale\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"has\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"wants\",\"type\":\"uint256\"}],\"name\":\"TooFewAdmins\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"left\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"wants\",\"type\":\"uint256\"}],\"name\":\"TooLittleGas\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"want\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"got\",\"type\":\"bytes32\"}],\"name\":\"WrongCode\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"want\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"got\",\"type\":\"bytes32\"}],\"name\":\"WrongDigest\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"want\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"got\",\"type\":\"uint64\"}],\"name\":\"WrongNonce\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"Approved\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"Cancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"leaf\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"groupHash\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"reason\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"Checked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"proposal\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"groupHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"EntryRetired\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"proposal\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"groupHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"}],\"name\":\"EntrySet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"EpochChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"authority\",\"type\":\"uint64\"}],\"name\":\"Executed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Paused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"enumOp\",\"name\":\"op\",\"type\":\"uint8\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"},{\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structChange[]\",\"name\":\"changes\",\"type\":\"tuple[]\"}],\"name\":\"Proposed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"proposal\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"Resumed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"previousAdminRole\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"newAdminRole\",\"type\":\"bytes32\"}],\"name\":\"RoleAdminChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"Stopped\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"proposal\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"successor\",\"type\":\"address\"}],\"name\":\"Succeeded\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Unpaused\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DEFAULT_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_CHANGES\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_MODE\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_PARTS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"PAUSER_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"REGISTRAR_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"RULE_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"RULE_GAS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"anchor\",\"outputs\":[{\"internalType\":\"contractAuditAnchor\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"approvals\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"approve\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"authority\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"cancel\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int128\",\"name\":\"low\",\"type\":\"int128\"},{\"internalType\":\"int128\",\"name\":\"high\",\"type\":\"int128\"},{\"internalType\":\"uint32\",\"name\":\"samples\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"period\",\"type\":\"uint64\"},{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"judged\",\"type\":\"int64\"},{\"internalType\":\"uint32\",\"name\":\"size\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"fields\",\"type\":\"uint32\"},{\"internalType\":\"int64\",\"name\":\"since\",\"type\":\"int64\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast[]\",\"name\":\"past\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast\",\"name\":\"past\",\"type\":\"tuple\"}],\"internalType\":\"structBeside[]\",\"name\":\"beside\",\"type\":\"tuple[]\"}],\"internalType\":\"structReading\",\"name\":\"r\",\"type\":\"tuple\"}],\"name\":\"check\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"reason\",\"type\":\"uint32\"},{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"currentEpoch\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"int128\",\"name\":\"low\",\"type\":\"int128\"},{\"internalType\":\"int128\",\"name\":\"high\",\"type\":\"int128\"},{\"internalType\":\"uint32\",\"name\":\"samples\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"period\",\"type\":\"uint64\"},{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"judged\",\"type\":\"int64\"},{\"internalType\":\"uint32\",\"name\":\"size\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"fields\",\"type\":\"uint32\"},{\"internalType\":\"int64\",\"name\":\"since\",\"type\":\"int64\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast[]\",\"name\":\"past\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"int64\",\"name\":\"taken\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"ended\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"low\",\"type\":\"int64\"},{\"internalType\":\"int64\",\"name\":\"high\",\"type\":\"int64\"}],\"internalType\":\"structPast\",\"name\":\"past\",\"type\":\"tuple\"}],\"internalType\":\"structBeside[]\",\"name\":\"beside\",\"type\":\"tuple[]\"}],\"internalType\":\"structReading\",\"name\":\"r\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"leaf\",\"type\":\"bytes32\"}],\"name\":\"checkAndLog\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"reason\",\"type\":\"uint32\"},{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"currentEpoch\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"first\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"most\",\"type\":\"uint256\"}],\"name\":\"entries\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"setAt\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"revoked\",\"type\":\"bool\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"}],\"internalType\":\"structEntry[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"epoch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"execute\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleAdmin\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"name\":\"getRoleMember\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleMemberCount\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleMembers\",\"outputs\":[{\"internalType\":\"address[]\",\"name\":\"\",\"type\":\"address[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"grantRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"hasRole\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"}],\"name\":\"keyAddress\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes[]\",\"name\":\"data\",\"type\":\"bytes[]\"}],\"name\":\"multicall\",\"outputs\":[{\"internalType\":\"bytes[]\",\"name\":\"results\",\"type\":\"bytes[]\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"nonces\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"pause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paused\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"proposal\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"enumStatus\",\"name\":\"status\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"approvers\",\"type\":\"address[]\"},{\"components\":[{\"internalType\":\"enumOp\",\"name\":\"op\",\"type\":\"uint8\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"},{\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"internalType\":\"structChange[]\",\"name\":\"changes\",\"type\":\"tuple[]\"}],\"internalType\":\"structProposal\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"enumOp\",\"name\":\"op\",\"type\":\"uint8\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"},{\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"internalType\":\"structChange[]\",\"name\":\"changes\",\"type\":\"tuple[]\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"proposalId\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"first\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"most\",\"type\":\"uint256\"}],\"name\":\"proposals\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"enumStatus\",\"name\":\"status\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"approvers\",\"type\":\"address[]\"},{\"components\":[{\"internalType\":\"enumOp\",\"name\":\"op\",\"type\":\"uint8\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"},{\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"internalType\":\"structChange[]\",\"name\":\"changes\",\"type\":\"tuple[]\"}],\"internalType\":\"structProposal[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"enumOp\",\"name\":\"op\",\"type\":\"uint8\"},{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"mode\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"rule\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"codeHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structPart[]\",\"name\":\"parts\",\"type\":\"tuple[]\"},{\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"internalType\":\"structChange[]\",\"name\":\"changes\",\"type\":\"tuple[]\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"internalType\":\"structSignature\",\"name\":\"sig\",\"type\":\"tuple\"}],\"name\":\"propose\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractDeviceRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"callerConfirmation\",\"type\":\"address\"}],\"name\":\"renounceRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"revokeRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"state\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"authority\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"entries\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"proposals\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"paused\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"successor\",\"type\":\"address\"}],\"internalType\":\"structState\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"successor\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes12\",\"name\":\"device\",\"type\":\"bytes12\"},{\"internalType\":\"string\",\"name\":\"group\",\"type\":\"string\"}],\"name\":\"versionOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "RuleManager",
	Bin: "0x6101c08060405234610b32575f90616622803803809161001f8285610d14565b833981019160c082840312610b325781516001600160401b038111610b32578361004a918401610d62565b60208301519093906001600160401b038111610b32578161006c918501610d62565b9261007960408201610dc7565b60608201519094906001600160401b038111610b325782019280601f85011215610b32578351936100a985610d37565b946100b76040519687610d14565b80865260208087019160051b83010191838311610b325760208101915b838310610b6e575050505060808301519290506001600160a01b0383168303610b325760a00151936001600160a01b038516808603610b3257604095865161011c8882610d14565b6014815260208101907f57617264666c6f772052756c654d616e6167657200000000000000000000000082528851916101558a84610d14565b600183526020830191603160f81b835261016e81610e3c565b6101205261017b84610e3c565b61014052519020918260e05251902080610100524660a05288519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f84528a83015260608201524660808201523060a082015260a081526101e260c082610d14565b5190206080523060c05260ff88166002811080918115610b63575b50610b3657505f5b89518110156102a0576001600160a01b03610220828c610df0565b511661022b81610e8c565b9081610278575b501561024057600101610205565b6001600160a01b0390610253908b610df0565b511663f8405c6560e01b5f525f5160206165a25f395f51905f5260045260245260445ffd5b610299905f5160206165a25f395f51905f525f5260046020528a5f20610fc9565b505f610232565b508796949596610160525f5b8451811015610309576001906001600160a01b036102ca8288610df0565b51166102d581610f11565b6102e1575b50016102ac565b610302905f5160206165e25f395f51905f525f526004602052885f20610fc9565b50896102da565b509194909250610180526101a052803b15610b32575f80916004845180948193632c3d762960e21b83525af18015610b2857610b13575b50600b8054610100600160481b031916610100179055814360a01b600160a01b600160e01b03165b8451821015610a895761037b8286610df0565b519460018060a01b031986511660208701908151948689019360ff8551169660608b019384519881151580610a7f575b610a13576103b883611283565b80516109d65750600281116109c557508851801580156109bb575b61098957505050885b8751811015610661576103ef8189610df0565b5180516001600160a01b0316803b61040681610dd5565b906104138d519283610d14565b8082528d6020830180943c5190811591821561061b575b50506105ff5760018060a01b03815116803f60208301518091036105e45750508a8060018060a01b038351168c5160208101906352a82b6560e01b825260048152610476602482610d14565b519162061a80fa3d156105dc573d9061048e82610dd5565b9161049b8d519384610d14565b82523d8d602084013e5b806105d1575b156105c9576020818051810103126105c55760200151905b8b80808d60018060a01b03855116905160208101906304baa00b60e01b8252600481526104f1602482610d14565b519162061a80fa3d156105bc578c3d61051561050c82610dd5565b92519283610d14565b8152809260203d92013e5b806105b1575b156105aa576020818051810103126105a657602001515b15801561059e575b610582578a81015190818303610560575050506001016103dc565b5163ce74298d60e01b8d526001600160a01b031660045260245260445260648afd5b51634e10564d60e11b8c526001600160a01b031660045260248bfd5b508115610545565b8c80fd5b508b61053d565b506020815114610526565b60609150610520565b8b80fd5b508a906104c3565b5060208151146104ab565b6060906104a5565b635072a00560e11b8d5260048290526024523f60445260648bfd5b51634e10564d60e11b8b526001600160a01b031660045260248afd5b601714918261062e575b50508d8061042a565b90915061064d57516001600160f81b03191660ef60f81b148d80610625565b634e487b7160e01b8c52603260045260248cfd5b509550919790929396959761068260018060a01b0319835116825190611025565b8061094e5750865b6001600160401b031661092457600b5491519051945193519460089290921c6001600160401b0316916001600160a01b031991909116906106cb818361105e565b600281019788548a8a55806108e5575b50895b885181101561079f576106f1818a610df0565b518a546801000000000000000081101561078b5760018101808d5581101561077757600360208e8e815220910201908c61076357805182546001600160a01b0319166001600160a01b03919091161782556020810151600180840191909155908f0151600290920191909155016106de565b634e487b7160e01b8d5260048d905260248dfd5b634e487b7160e01b8d52603260045260248dfd5b634e487b7160e01b8d52604160045260248dfd5b50969a97509091929394815460018060401b038160601c1660018060401b0381146108d157600160601b600160f01b0319909116600190910160601b73ffffffffffffffff00000000000000000000000016178a1760e882901b60ff60e81b16179182905582516020840120885160a08082529196909460ff93926108279190870190610e18565b9360018060401b039060601c1660208601528985015216606083015281810360808301526020808b5192838152019a019088905b80821061089b57505050957f4111525130a2b632cd580747185c3ec028dac6fe9de79d794698e1c76d30bf64876001969798839a9b0390a4019093610368565b825180516001600160a01b03168d52602081810151818f0152908a01518a8e01526060909c019b9092019160019091019061085b565b634e487b7160e01b8b52601160045260248bfd5b806003029060038204036108d157898b5260208b208b5b82811061090a5750506106db565b808d600260039385018281558260018201550155016108fc565b6084878a51906303f1e13960e61b8252806004830152806024830152604482015260016064820152fd5b5f1981019081116109755761096290610f91565b505460601c6001600160401b031661068a565b634e487b7160e01b88526011600452602488fd5b6109b18b519384936330425f5f60e21b85526004850152606060248501526064840190610e18565b9060448301520390fd5b50600881116103d3565b62b3130160e81b8c5260045260248bfd5b8b5163d37144e760e01b8152600481018d9052908190610a0f906109fd6044840188610e18565b83810360031901602485015290610e18565b0390fd5b8a5163d37144e760e01b8152600481018c905260608c660612067726f75760cc1b610a416044850188610e18565b84810360031981016024870152602782527f616e20656e74727920697320666f72206120646576696365206f7220666f722060208301529201520190fd5b50825115156103ab565b82516151c790816113bb8239608051816143bd015260a05181614474015260c05181614387015260e0518161440c01526101005181614432015261012051816117b7015261014051816117e1015261016051818181610255015281816107d50152818161081301528181610a33015261145e01526101805181610e4801526101a051816118f20152f35b610b209192505f90610d14565b5f9083610340565b82513d5f823e3d90fd5b5f80fd5b895160ff918a9015610b5d57506002905b631c686dcf60e31b5f526004521660245260445ffd5b90610b47565b90508a51105f6101fd565b82516001600160401b038111610b325782016080818703601f190112610b325760405190608082016001600160401b03811183821017610d005760405260208101516001600160a01b031981168103610b3257825260408101516001600160401b038111610b325760209082010187601f82011215610b32578051610bf281610dd5565b91610c006040519384610d14565b8183528960208383010111610b3257815f9260208093018386015e830101526020830152610c3060608201610dc7565b604083015260808101516001600160401b038111610b3257602091010186601f82011215610b32578051610c6381610d37565b91610c716040519384610d14565b81835260206060818501930282010190898211610b3257602001915b818310610caa5750505060608201528152602092830192016100d4565b6060838b0312610b32576040519060608201906001600160401b03821183831017610d0057606092602092604052610ce186610d4e565b8152828601518382015260408601516040820152815201920191610c8d565b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b03821190821017610d0057604052565b6001600160401b038111610d005760051b60200190565b51906001600160a01b0382168203610b3257565b9080601f83011215610b32578151610d7981610d37565b92610d876040519485610d14565b81845260208085019260051b820101928311610b3257602001905b828210610daf5750505090565b60208091610dbc84610d4e565b815201910190610da2565b519060ff82168203610b3257565b6001600160401b038111610d0057601f01601f191660200190565b8051821015610e045760209160051b010190565b634e487b7160e01b5f52603260045260245ffd5b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b601f815111610e67576020815191015160208210610e58571790565b5f198260200360031b1b161790565b60405163305a27a960e01b815260206004820152908190610a0f906024830190610e18565b6001600160a01b0381165f9081525f5160206165c25f395f51905f52602052604090205460ff16610f0c576001600160a01b03165f8181525f5160206165c25f395f51905f5260205260408120805460ff191660011790553391905f5160206165a25f395f51905f52905f5160206165825f395f51905f529080a4600190565b505f90565b6001600160a01b0381165f9081525f5160206166025f395f51905f52602052604090205460ff16610f0c576001600160a01b03165f8181525f5160206166025f395f51905f5260205260408120805460ff191660011790553391905f5160206165e25f395f51905f52905f5160206165825f395f51905f529080a4600190565b5f54811015610e04575f8080526003919091027f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e5630191565b6001810190825f528160205260405f2054155f1461101e57805468010000000000000000811015610d005760018101808355811015610e04578390825f5260205f20015554915f5260205260405f2055600190565b5050505f90565b6001600160a01b03191690811561104657505f52600160205260405f205490565b9050602081519101205f52600260205260405f205490565b91909161106b8382611025565b8061122657505f5468010000000000000000811015610d005780600161109392015f55610f91565b5080546001600160601b03191660a083901c178155835190936001600160a01b031992909216919060018501906001600160401b038111610d00578154600181811c9116801561121c575b602082101461120857601f81116111b7575b50806020601f8211600114611156575f9161114b575b508160011b915f199060031b1c19161790555b811561113157505f54905f52600160205260405f2055565b90505f5490602081519101205f52600260205260405f2055565b90508301515f611106565b5f8481528181209250601f198416905b81811061119f57509083600194939210611187575b5050811b019055611119565b8501515f1960f88460031b161c191690555f8061117b565b9192602060018192868a015181550194019201611166565b818111156110f057825f5260205f20601f830160051c9060208410611200575b81601f9101920160051c03905f5b8281106111f35750506110f0565b5f828201556001016111e5565b5f91506111d7565b634e487b7160e01b5f52602260045260245ffd5b90607f16906110de565b919250505f1981019081116112425761123e90610f91565b5090565b634e487b7160e01b5f52601160045260245ffd5b60405190611265604083610d14565b600f82526e61207061727420697320656d70747960881b6020830152565b608081511161137e575f60015b8251821015611348578251821015610e0457828201602001516001600160f81b031916600160fd1b811180159061133a575b6112fb57602f60f81b14908190816112f3575b506112e557600190910190611290565b5050506112f0611256565b90565b90505f6112d5565b50505050604061130d81519182610d14565b601381527f6e6f74207072696e7461626c6520415343494900000000000000000000000000602082015290565b50607f60f81b8110156112c2565b9190505115159081611376575b5061136e57604051611368602082610d14565b5f815290565b6112f0611256565b90505f611355565b5060405161138d604082610d14565b601581527f6c6f6e676572207468616e20313238206279746573000000000000000000000060208201529056fe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a7146122ec5750806305ed0b9c146122d25780630bb18973146122ab57806317b937e614611fed5780631808b8a414611f445780631a1d7bfe14611f26578063248a9ca314611efa5780632dbdfc2a14611ec65780632f2ff15d14611e8757806336568abe14611e425780635a617de7146119a55780635c975abb146119825780636da590411461194e5780636ff968c3146119215780637b103999146118dc5780637ecebe001461189957806384b0196e1461179d578063900cf0cf146117735780639010d07c1461172d57806391d14854146116e357806398ce782614611680578063a217fddf14611664578063a3246ad3146115ec578063ac9650d814611482578063b05dba9614611444578063bad330261461138a578063beabf99b14611239578063bf7e214f14611212578063c19d93fb14611130578063c2cfee2714610fcf578063ca15c87314610fa5578063d235b36a14610e93578063d2a75cca14610e77578063d3fb73b414610e32578063d547741f14610dea578063e2adcb0b14610d7b578063e2b37f9614610b29578063e6258bf114610b0d578063e63ab1e914610ad2578063e751f2711461021e5763f68e9553146101e1575f80fd5b3461021b578060031936011261021b5760206040517fedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c3092388152f35b80fd5b503461021b57602036600319011261021b576004359061023d82613cd6565b8182600183018054915b828110610a585750505060ff7f0000000000000000000000000000000000000000000000000000000000000000168110610a1a5750805460ff60e01b1916600160e11b17815560405183916102c191906102b29082906102ab908290600201612860565b03826126b9565b60208082518301019101612bfa565b916102cc838361357d565b6102e36001600160401b03600b5460081c166134ce565b81829183915b8651831015610986576102fc8388612814565b51958651600681101561094c57600110801590610972575b610969575b8651600681101561094c57600110610960575b8651600681101561094c576105ed576001600160601b0360a01b6020880151169160408801519060a060808a0151990151966103688386614b99565b9a8b8a60028083015492015580610593575b50895b8951811015610428578c6002610393838d612814565b51910154600160401b81101561041457808f60029060016103b9940182820155016127fb565b91909161040057805182546001600160a01b0319166001600160a01b039190911617825560208101516001808401919091556040909101516002909201919091550161037d565b634e487b7160e01b8d5260048d905260248dfd5b634e487b7160e01b8d52604160045260248dfd5b509693979491959a928b9360ff8a939c6104796104516001600160401b03855460601c16612f81565b845467ffffffffffffffff60601b191660609190911b67ffffffffffffffff60601b16178455565b825467ffffffffffffffff60a01b19164360a01b67ffffffffffffffff60a01b1617835582548260e81b8260e81b169061ffff60e01b1916178093556001600160401b038451602086012097816104db6040519760a0895260a089019061236f565b9560601c1660208701521660408501521660608301528181036080830152602080885192838152019701908b905b80821061054957505050807f4111525130a2b632cd580747185c3ec028dac6fe9de79d794698e1c76d30bf64916001970390a45b019195909492946102e9565b91935091939495966020610582600192865190604060609260018060a01b03815116835260208101516020840152015160408201520190565b940192018a93979695949291610509565b806003029060038204036105d95760028d018b5260208b208b805b8381106105bd5750505061037a565b5f60026003938386019081558260018201550155018c906105ae565b634e487b7160e01b8b52601160045260248bfd5b939580979391929751600681101561094c5760010361072a5760406001600160601b0360a01b6020830151169101516106268183614112565b5f1981019081116107165791867f19382648944831c8e7c4e872ad5630ed0a72a0062f9a490788539c7346c97fb36106fe8c94610665600198976127c3565b506106a761067f6001600160401b03835460601c16612f81565b825467ffffffffffffffff60601b191660609190911b67ffffffffffffffff60601b16178255565b805468ffffffffffffffffff60a01b191667ffffffffffffffff60a01b4360a01b161760e08a901b17908190558151602083012060405160608082529198909485946001600160401b03938492919087019061236f565b9360601c1660208501521660408301520390a461053d565b634e487b7160e01b88526011600452602488fd5b8051600681101561094c5760020361077f5760e081015160c0909101516001600160a01b03169061075b8282613027565b1561076a57505060019061053d565b63f8405c6560e01b8752600452602452604485fd5b8051600681101561094c576003036108525760e081015160c0909101516001600160a01b0316906107b08282613061565b1561083d5750505f5160206151875f395f51905f5285526004602052604085205460ff7f0000000000000000000000000000000000000000000000000000000000000000168110610804575060019061053d565b631c686dcf60e31b86526004527f000000000000000000000000000000000000000000000000000000000000000060ff16602452604485fd5b634e33276f60e01b8752600452602452604485fd5b8051600681101561094c576001929186916004036108e15750506108746140d3565b60ff19600b5416600b557f5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa6020604051338152a1847fc682f5ef14e0731e8e6595cf21a7b656e34f88c8ff96355e91a000ed57c5a62360206040516001600160401b038c168152a261053d565b602060c07fead52a52f1cd111ce0a6f57f06a760f1cba9739fcd45033069ec4fdd8101786e920151600b5469010000000000000000008760e81b038260481b169068ffffffffffffffffff62ffffff60e81b011617600b5560405190868060a01b03168152a261053d565b634e487b7160e01b87526021600452602487fd5b6001945061032c565b60019150610319565b508651600681101561094c57600414610314565b93955050506109ef575b6109e1575b7f5bdbb4c0043be30b3add653520cbb8c1590daf78c8f3ae8cad58e3cc9c1b0fd260406001600160401b03600b5460081c166001600160401b036008541682519182526020820152a280f35b6109e9613d4e565b50610995565b6008546001600160401b03610a05818316612f81565b16906001600160401b03191617600855610990565b9050606492633165e4d960e01b835260045260245260ff7f000000000000000000000000000000000000000000000000000000000000000016604452fd5b610a62818361291e565b90545f5160206151875f395f51905f528852600360208181526040808b209490921b9290921c6001600160a01b03165f9081529290915290205460ff16610aac575b600101610247565b925f198114610abe5760010192610aa4565b634e487b7160e01b86526011600452602486fd5b503461021b578060031936011261021b5760206040517f65d7a28e3265b37a6474929f336521b332c1681b933f6cb9f3376673440d862a8152f35b503461021b578060031936011261021b57602060405160028152f35b503461021b5760c036600319011261021b576004356001600160401b038116808203610d7757610b5761245e565b906080366043190112610d73576001600160401b036040519260208401927f5385ed3c6011bac6888a1489bcdd8b12d8a6bcc446b148eaa3eeca51fc33adb184526040850152169182606082015260608152610bb46080826126b9565b51902090804211610d5d5750604290610bcb614384565b906040519161190160f01b8352600283015260228201522060843560a4359160443591826064359482610c0287848482978961449a565b90959015610d4e5750505050505b15610d3f57610c7191610c22916128e1565b917f65d7a28e3265b37a6474929f336521b332c1681b933f6cb9f3376673440d862a845260036020526040842060018060a01b0384165f5260205260ff60405f20541615610d31575b826134ec565b600b5460ff8116610d225760019060ff191617600b557f62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a2586020604051338152a16008546001600160401b03610cc7818316612f81565b16906001600160401b031916176008557f48109ccfc561c39f23d7a0890f48051fa89f321a2b4129ad515aaa655f6e181f6020610d02613d4e565b6040516001600160401b0390911681526001600160a01b0390931692a280f35b63d93c066560e01b8352600483fd5b610d3a8361346c565b610c6b565b635cd5d23360e01b5f5260045ffd5b610d5895506145b6565b610c10565b6324730def60e21b5f526004524260245260445ffd5b8380fd5b5f80fd5b503461021b57608036600319011261021b57610d95612404565b90602435906001600160401b03821161021b5750610db790369060040161242e565b610dc2929192612474565b606435916001600160401b0383168303610d7757602094610de2946130f6565b604051908152f35b503461021b57604036600319011261021b57610e2e600435610e0a6123ee565b90610e29610e24825f526003602052600160405f20015490565b612fed565b613061565b5080f35b503461021b578060031936011261021b576040517f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03168152602090f35b503461021b578060031936011261021b57602060405160088152f35b503461021b57610f0a90610ea636612749565b610eb283959293613cd6565b9260405160208101907f9bb4174a83930034a5305eb8972e45b8cdb451f5064dbfd1510f0be537118ab282528760408201526001600160401b038316606082015260608152610f026080826126b9565b519020613412565b92610f148461346c565b6001919091018054936001600160a01b0381169291845b868110610f64575090610f3d91612933565b7f90b535106f433f3869de4725076776361dc9946b091db11206fa1b526a85ecd48380a380f35b84610f6f828461291e565b905460039190911b1c6001600160a01b031614610f8e57600101610f2b565b604486868663a72db78760e01b8352600452602452fd5b503461021b57602036600319011261021b5760406020916004358152600483522054604051908152f35b503461021b57610fde36612359565b600a54828181101561112857610ff39161277e565b8082101561111e57509190915b6110098161279f565b9061101760405192836126b9565b808252611026601f199161279f565b01825b818110611101575050600a5492825b82518110156110995761104b81836127b6565b908582101561108557611069600192600a5f5260205f200154612e27565b6110738286612814565b5261107e8185612814565b5001611038565b634e487b7160e01b5f52603260045260245ffd5b5050906040519182916020830160208452825180915260408401602060408360051b870101940192905b8282106110d257505050500390f35b919360019193955060206110f18192603f198a820301865288516124fb565b96019201920185949391926110c3565b60209061110f959495612bb6565b82828601015201939293611029565b9050919091611000565b505082610ff3565b503461021b578060031936011261021b578060c09160a06040516111538161269e565b8281528260208201528260408201528260608201528260808201520152600b546001600160401b038160081c16916001600160401b038080600854169254168180600a54169181604051956111a78761269e565b88875260208701908152604087019283526060870194855260a0608088019760ff8a1615158952019760018060a01b039060481c168852604051988952511660208801525116604086015251166060840152511515608083015260018060a01b0390511660a0820152f35b503461021b578060031936011261021b5760206001600160401b0360085416604051908152f35b503461021b5736600319016040811261138657600435906001600160401b038211611382576101e0826004019260031990360301126113825736600411611382576112d66112c36112cf946112bd602061137e956040519384916306022e2960e21b848401526004602484013736820190838201520301601f1981018352826126b9565b84612f9e565b93919690929580612f4f565b36916126f5565b602081519101206040519060018060a01b038716825263ffffffff861660208301526001600160401b03831660408301526001600160401b038416606083015233917fcaeec4dde3c78ea9b0785449d789aada05293f7ebfac61b63f366cb96df556b3608060243592a46040519485948592936001600160401b038092969560609463ffffffff608088019916875260018060a01b0316602087015216604085015216910152565b0390f35b8280fd5b5080fd5b503461021b576113f861139c36612749565b6113a883949293613cd6565b9260405160208101907f4737ba9c3e91c41fffc445f049368ba0c10f9644267c593639b109b0be596bed82528660408201526001600160401b038316606082015260608152610f026080826126b9565b906114028261346c565b805460ff60e01b1916600360e01b1790556001600160a01b0316907f37f7fee84bd656bac1447df96e3014d8a7e8352e960e827b202efad2f908ecd38380a380f35b503461021b578060031936011261021b57602060405160ff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461021b57602036600319011261021b576004356001600160401b038111611386576114b390369060040161242e565b9060206040516114c382826126b9565b84815281810191601f1981013684376114db8561279f565b936114e960405195866126b9565b858552601f196114f88761279f565b0182885b8281106115dc57505050865b8681101561157d576001906115618661155b8b8761152b8660051b890189612f4f565b94909285604051968795858701378401908382019081528c519283915e01018d815203601f1981018352826126b9565b30613c4a565b61156b8289612814565b526115768188612814565b5001611508565b82888760405191838301848452825180915260408401948060408360051b870101940192955b8287106115b05785850386f35b9091929382806115cc600193603f198a8203018652885161236f565b96019201960195929190926115a3565b606082828a0101520183906114fc565b503461021b57602036600319011261021b576004358152600460205260408120604051918260208354918281520192825260208220915b81811061164e5761137e8561163a818703826126b9565b60405191829160208352602083019061249e565b8254845260209093019260019283019201611623565b503461021b578060031936011261021b57602090604051908152f35b503461021b57604036600319011261021b57600435906001600160a01b031982168203610d7757602435906001600160401b03821161021b5760206116d2846116cc366004870161272b565b90612f16565b6001600160401b0360405191168152f35b503461021b57604036600319011261021b5760406116ff6123ee565b9160043581526003602052209060018060a01b03165f52602052602060ff60405f2054166040519015158152f35b503461021b57604036600319011261021b5761175a6020916004358152600483526040602435912061291e565b905460405160039290921b1c6001600160a01b03168152f35b503461021b578060031936011261021b5760206001600160401b03600b5460081c16604051908152f35b503461021b578060031936011261021b5761183d906117db7f0000000000000000000000000000000000000000000000000000000000000000614181565b906118057f0000000000000000000000000000000000000000000000000000000000000000614181565b90602061184b6040519361181983866126b9565b8385525f368137604051968796600f60f81b885260e08589015260e088019061236f565b90868203604088015261236f565b904660608601523060808601528260a086015284820360c08601528080855193848152019401925b82811061188257505050500390f35b835185528695509381019392810192600101611873565b503461021b57602036600319011261021b576020906001600160401b03906040906001600160a01b036118ca612404565b16815260078452205416604051908152f35b503461021b578060031936011261021b576040517f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03168152602090f35b503461021b578060031936011261021b57600b5460405160489190911c6001600160a01b03168152602090f35b503461021b57602036600319011261021b5761137e61196e600435612e27565b6040519182916020835260208301906124fb565b503461021b578060031936011261021b57602060ff600b54166040519015158152f35b503461021b5760e036600319011261021b576004356001600160401b038111611386576119d690369060040161242e565b6119e192919261245e565b926119ea612474565b6080366063190112610d735782158015611e38575b611e2457611a116084356064356128e1565b91611a1f82878684876130f6565b93611a2a8386613392565b50611a348461346c565b611a3e87856134ec565b611a478161279f565b611a5460405191826126b9565b818152602081018260051b8401368111611e205784915b818310611cb257505050611a7f908661357d565b8486526009602052604086208054600160e01b6001600160e81b03199091166001600160a01b0387161767ffffffffffffffff60a01b60a087901b1617178155611acc8560018301612933565b600260405191602080840152611af883611aea60408201878961299e565b03601f1981018552846126b9565b01908051906001600160401b038211611c9e57611b1f82611b198554612828565b85612b58565b602090601f8311600114611c3c57611b4e92918a9183611c31575b50508160011b915f199060031b1c19161790565b90555b600a5493600160401b851015611c1d57602097611bee87947f397ce4ca30e273624cd5dc67cacd8e87903156acd2274a843584892345c3fb8b946001600160401b03989487611bc2611bac8860018e9a01600a55600a61291e565b819391549060031b91821b915f19901b19161790565b905560018060a01b0316988998604051968796168652168c85015260606040850152606084019161299e565b0390a3817f90b535106f433f3869de4725076776361dc9946b091db11206fa1b526a85ecd46040519480a38152f35b634e487b7160e01b5f52604160045260245ffd5b015190505f80611b3a565b838a52818a209190601f1984168b5b818110611c865750908460019594939210611c6e575b505050811b019055611b51565b01515f1960f88460031b161c191690555f8080611c61565b92936020600181928786015181550195019301611c4b565b634e487b7160e01b89526041600452602489fd5b82356001600160401b038111611e1c57860161010081360312611e1c5760405190611cdc82612682565b80356006811015611e18578252611cf560208201612637565b602083015260408101356001600160401b038111611e1857611d1a903690830161272b565b6040830152611d2b6060820161248a565b6060830152611d3c60808201612910565b608083015260a08101356001600160401b038111611e1857810136601f82011215611e18578035611d6c8161279f565b91611d7a60405193846126b9565b81835260206060818501930282010190368211611e1457602001915b818310611dd1575050509160e060209492859460a0840152611dba60c0820161241a565b60c0840152013560e0820152815201920191611a6b565b606083360312611e14576020606091604051611dec81612667565b611df58661241a565b8152828601358382015260408601356040820152815201920191611d96565b8f80fd5b8c80fd5b8a80fd5b8880fd5b63098b2d8f60e21b84526004839052602484fd5b50602083116119ff565b503461021b57604036600319011261021b57611e5c6123ee565b336001600160a01b03821603611e7857610e2e90600435613061565b63334bd91960e11b8252600482fd5b503461021b57604036600319011261021b57610e2e600435611ea76123ee565b90611ec1610e24825f526003602052600160405f20015490565b613027565b503461021b57604036600319011261021b576020611ee86024356004356128e1565b6040516001600160a01b039091168152f35b503461021b57602036600319011261021b576020610de26004355f526003602052600160405f20015490565b503461021b578060031936011261021b57602060405162061a808152f35b34610d77576020366003190112610d77576004356001600160401b038111610d77576101e06003198236030112610d7757611fad61137e91611f85366126da565b90611f9360405192836126b9565b368252365f60208401375f60203684010152600401612f9e565b6040805163ffffffff90951685526001600160a01b0390931660208501526001600160401b03918216928401929092521660608201529081906080820190565b34610d7757611ffb36612359565b5f5482818110156122a35761200f9161277e565b8082101561229b5750905b6120238261279f565b9161203160405193846126b9565b808352612040601f199161279f565b015f5b8181106122585750505f5b825181101561217c5761206961206482846127b6565b6127c3565b506002604051916120798361264c565b60ff81546001600160601b0360a01b8160a01b1685526001600160401b038160601c1660208601526001600160401b038160a01c166040860152818160e01c161515606086015260e81c1660808401526040516120dd816102ab8160018601612860565b60a08401520180546120ee8161279f565b916120fc60405193846126b9565b81835260208301905f5260205f20905f905b83821061213e575050505060c08201526001919061212c8286612814565b526121378185612814565b500161204e565b6003602060019260405161215181612667565b848060a01b03875416815284870154838201526002870154604082015281520193019101909161210e565b826040518091602082016020835281518091526040830190602060408260051b8601019301915f905b8282106121b457505050500390f35b919360019193955060206122488192603f198a82030186528851906001600160601b0360a01b82511681526001600160401b038483015116848201526001600160401b03604083015116604082015260608201511515606082015260ff608083015116608082015260c061223760a084015160e060a085015260e084019061236f565b9201519060c0818403910152612393565b96019201920185949391926121a5565b6020906040516122678161264c565b5f81525f838201525f60408201525f60608201525f6080820152606060a0820152606060c082015282828701015201612043565b90509061201a565b50505f61200f565b34610d77575f366003190112610d775760206040515f5160206151875f395f51905f528152f35b34610d77575f366003190112610d77576020604051818152f35b34610d77576020366003190112610d77576004359063ffffffff60e01b8216809203610d7757602091635a05180f60e01b811490811561232e575b5015158152f35b637965db0b60e01b811491508115612348575b5083612327565b6301ffc9a760e01b14905083612341565b6040906003190112610d77576004359060243590565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b90602080835192838152019201905f5b8181106123b05750505090565b90919260206123e4600192865190604060609260018060a01b03815116835260208101516020840152015160408201520190565b94019291016123a3565b602435906001600160a01b0382168203610d7757565b600435906001600160a01b0382168203610d7757565b35906001600160a01b0382168203610d7757565b9181601f84011215610d77578235916001600160401b038311610d77576020808501948460051b010111610d7757565b602435906001600160401b0382168203610d7757565b604435906001600160401b0382168203610d7757565b35906001600160401b0382168203610d7757565b90602080835192838152019201905f5b8181106124bb5750505090565b82516001600160a01b03168452602093840193909201916001016124ae565b9060068210156124e75752565b634e487b7160e01b5f52602160045260245ffd5b805182526020808201516001600160a01b0316908301526040808201516001600160401b031690830152606081015160048110156124e757606083015260a0612553608083015160c0608086015260c085019061249e565b9101519160a0818303910152815180825260208201916020808360051b8301019401925f915b83831061258857505050505090565b9091929394602080600192601f198582030186528851906125aa8183516124da565b6001600160601b0360a01b83830151168382015260e0806126116125df6040860151610100604087015261010086019061236f565b6001600160401b03606087015116606086015260ff608087015116608086015260a086015185820360a0870152612393565b93878060a01b0360c08201511660c0850152015191015297019301930191939290612579565b35906001600160a01b031982168203610d7757565b60e081019081106001600160401b03821117611c1d57604052565b606081019081106001600160401b03821117611c1d57604052565b61010081019081106001600160401b03821117611c1d57604052565b60c081019081106001600160401b03821117611c1d57604052565b90601f801991011681019081106001600160401b03821117611c1d57604052565b6001600160401b038111611c1d57601f01601f191660200190565b929192612701826126da565b9161270f60405193846126b9565b829481845281830111610d77578281602093845f960137010152565b9080601f83011215610d7757816020612746933591016126f5565b90565b60c0600319820112610d7757600435916024356001600160401b0381168103610d7757608090926043190112610d7757604490565b9190820391821161278b57565b634e487b7160e01b5f52601160045260245ffd5b6001600160401b038111611c1d5760051b60200190565b9190820180921161278b57565b5f54811015611085575f8080526003919091027f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e5630191565b8054821015611085575f52600360205f20910201905f90565b80518210156110855760209160051b010190565b90600182811c92168015612856575b602083101461284257565b634e487b7160e01b5f52602260045260245ffd5b91607f1691612837565b5f929181549161286f83612828565b80835292600181169081156128c4575060011461288b57505050565b5f9081526020812093945091925b8383106128aa575060209250010190565b600181602092949394548385870101520191019190612899565b915050602093945060ff929192191683830152151560051b010190565b60405191602083019182526040830152604082526129006060836126b9565b905190206001600160a01b031690565b359060ff82168203610d7757565b8054821015611085575f5260205f2001905f90565b8054600160401b811015611c1d576129509160018201815561291e565b81546001600160a01b0393841660039290921b91821b9390911b1916919091179055565b60409081906001600160a01b0361298a8261241a565b168452602081013560208501520135910152565b90602083828152019260208260051b82010193835f9260fe1982360301905b8585106129ce575050505050505090565b90919293949596601f19828203018552873583811215610d775784019081356006811015610d775781612a00916124da565b6001600160a01b0319612a1560208401612637565b16602082015236829003601e190191604081013583811215610d775781016020813591016001600160401b038211610d77578136038113610d775781906101006040860152816101008601526101208501375f6101208285010152601f80199101168201926101208401906001600160401b03612a946060850161248a565b16606085015260ff612aa860808501612910565b16608085015260a083013590811215610d7757820190602082359201946001600160401b038311610d77576060830236038613610d775782610140926101208784030160a0880152520193905f905b808210612b3a5750505060019260209260e0808594878060a01b03612b1e60c0830161241a565b1660c085015201359101529901950195019395949291906129bd565b90919460608082612b4d6001948a612974565b019601920190612af7565b919091601f8311612b69575b505050565b818311612b7557505050565b5f5260205f206020601f830160051c9210612bae575b81601f9101920160051c03905f5b82811015612b64575f82820155600101612b99565b5f9150612b8b565b60405190612bc38261269e565b606060a0835f81525f60208201525f60408201525f838201528260808201520152565b51906001600160a01b0382168203610d7757565b602081830312610d77578051906001600160401b038211610d77570181601f82011215610d7757805190612c2d8261279f565b92612c3b60405194856126b9565b82845260208085019360051b83010191818311610d775760208101935b838510612c6757505050505090565b84516001600160401b038111610d77578201610100818503601f190112610d775760405190612c9582612682565b60208101516006811015610d7757825260408101516001600160a01b031981168103610d7757602083015260608101516001600160401b038111610d775760209082010185601f82011215610d77578051612cef816126da565b91612cfd60405193846126b9565b8183528760208383010111610d7757815f9260208093018386015e83010152604083015260808101516001600160401b0381168103610d7757606083015260a081015160ff81168103610d7757608083015260c08101516001600160401b038111610d775760209082010185601f82011215610d77578051612d7e8161279f565b91612d8c60405193846126b9565b81835260206060818501930282010190888211610d7757602001915b818310612de4575050509161010060209492859460a0840152612dcd60e08201612be6565b60c0840152015160e0820152815201940193612c58565b6060838a0312610d77576020606091604051612dff81612667565b612e0886612be6565b8152828601518382015260408601516040820152815201920191612da8565b612e2f612bb6565b50805f52600960205260405f2080549060ff8260e01c1660048110156124e7578015612f03576001600160401b03612e7a60026102b260018601956102ab6040518094819301612860565b9360405195612e888761269e565b865260018060a01b038116602087015260a01c1660408501526060840152604051808260208294549384815201905f5260205f20925f5b818110612ee1575050612ed4925003826126b9565b608083015260a082015290565b84546001600160a01b0316835260019485019486945060209093019201612ebf565b8363364ebc7760e11b5f5260045260245ffd5b90612f2091613c11565b80612f2a57505f90565b5f19810190811161278b57612f466001600160401b03916127c3565b505460601c1690565b903590601e1981360301821215610d7757018035906001600160401b038211610d7757602001918136038313610d7757565b6001600160401b03166001600160401b03811461278b5760010190565b90600b549160ff8316612fd55790612fb591613dc8565b929160138195929510156124e75793929160081c6001600160401b031690565b50600e9230925f925060081c6001600160401b031690565b5f81815260036020908152604080832033845290915290205460ff16156130115750565b63e2517d3f60e01b5f523360045260245260445ffd5b6130318282613f8e565b918261303c57505090565b5f9182526004602052604090912061305d916001600160a01b03169061426b565b5090565b61306b828261401a565b918261307657505090565b5f9182526004602052604090912061305d916001600160a01b0316906142bf565b906130a18261279f565b6130ae60405191826126b9565b82815280926130bf601f199161279f565b0190602036910137565b80516020909101905f5b8181106130e05750505090565b82518452602093840193909201916001016130d3565b9294919361310385613097565b945f9260fe1981360301905b82851015613308578460051b81013582811215610d775781019560a087019761314261313b8a8a61409e565b9050613097565b9a5f5b8c518110156131c5576131588b8b61409e565b8291921015611085578d6131be826001946040516131a660208201927f8af84ca6345563d7e15a6f0ba77ba96bff1cae01742dd90b3089f7098635062c845260408301906060860201612974565b608081526131b560a0826126b9565b51902092612814565b5201613145565b50949a929790959398509590958035906006821015610d77576131ea60208201613db3565b906131fb6112cf6040830183612f4f565b60208151910120906060810135956001600160401b038716809703610d775760808201359060ff8216809203610d775760405161324e816132406020820180956130c9565b03601f1981018352826126b9565b51902060c08301356001600160a01b0381169290839003610d775760019860e095604051976132a860208a019a7ff9c1d1f77fbb5b4bdc826f0023c92cb644299a47e8e52379da5567ef52c96d1b8c5260408b01906124da565b6001600160601b0360a01b166060890152608088015260a087015260c086015283850152610100840152013561012082015261012081526132eb610140826126b9565b5190206132f8828b612814565b520193949791979590929561310f565b50505090506001600160401b03809295939460405161332f816132406020820180956130c9565b519020936040519460208601967f5cb67d109c148d838640e2f2649370f4dde0316dd06cd78138b649449b3ff385885260018060a01b0316604087015260608601521660808401521660a082015260a0815261338c60c0826126b9565b51902090565b906001600160401b0316804211610d5d57506042906133af614384565b906040519161190160f01b8352600283015260228201522060a4359060c43590606435928360843593826133e786848482978961449a565b909590156134035750505050505b15610d3f57612746916128e1565b61340d95506145b6565b6133f5565b906001600160401b0316804211610d5d5750906042602092613432614384565b906040519161190160f01b8352600283015260228201522060408201356060830135928035948591013593826133e786848482978961449a565b6001600160a01b0381165f9081527fb286eadb1e6994563cfc2a4e489742000f0573e11a888d811b9059c410c1e7ee602052604090205460ff16156134ae5750565b630bd4212160e11b5f9081526001600160a01b0391909116600452602490fd5b6001600160401b036001911601906001600160401b03821161278b57565b60018060a01b031690815f5260076020526001600160401b0360405f2054166001600160401b03821680910361354d5750613526906134ce565b905f5260076020526001600160401b0360405f2091166001600160401b0319825416179055565b82805f5260076020526001600160401b0360405f205416906305d8e4df60e51b5f5260045260245260445260645ffd5b9190915f905b8351821015613c0b576135968285612814565b5193845160068110156124e757613a005760208501516040860151608087015160a088015196926001600160a01b0319169060ff16811515806139f6575b613986576135e183614a77565b8051613947575060028111613936575086518015801561392c575b6138f9575050505f5b8551811015613859576136188187612814565b5180516001600160a01b0316803b61362f816126da565b9061363d60405192836126b9565b8082525f6020830180943c51908115918215613827575b50506137af5760018060a01b03815116803f602083015180910361380c5750505f8060018060a01b0383511660405160208101906352a82b6560e01b8252600481526136a16024826126b9565b519162061a80fa3d15613804573d906136b9826126da565b916136c760405193846126b9565b82523d5f602084013e5b806137f9575b156137f157602081805181010312610d775760200151905b5f8060018060a01b0383511660405160208101906304baa00b60e01b82526004815261371c6024826126b9565b519162061a80fa3d156137e9573d90613734826126da565b9161374260405193846126b9565b82523d5f602084013e5b806137de575b156137d757602081805181010312610d7757602001515b1580156137cf575b6137af5760408101519081830361378d57505050600101613605565b60018060a01b0390511663ce74298d60e01b5f5260045260245260445260645ffd5b51634e10564d60e11b5f9081526001600160a01b03909116600452602490fd5b508115613771565b505f613769565b506020815114613752565b60609061374c565b505f906136ef565b5060208151146136d7565b6060906136d1565b813f91635072a00560e11b5f5260045260245260445260645ffd5b601714918261383a575b50505f80613654565b90915061108557516001600160f81b03191660ef60f81b145f80613831565b509490929193505b805160068110156124e7576001106138e3576001600160401b0380606061389d6001600160601b0360a01b602086015116604086015190612f16565b935b0151169116908181036138b9575050600101909291613583565b608493508492604051936303f1e13960e61b85526004850152602484015260448301526064820152fd5b6001600160401b0380606081600854169361389f565b6139226040519384936330425f5f60e21b8552600485015260606024850152606484019061236f565b9060448301520390fd5b50600881116135fc565b62b3130160e81b5f5260045260245ffd5b836139826139709260405193849363d37144e760e01b855260406004860152604485019061236f565b8381036003190160248501529061236f565b0390fd5b6040805163d37144e760e01b8152600481019190915260606139ab604483018661236f565b660612067726f75760cc1b60408483039260031984016024870152602781527f616e20656e74727920697320666f72206120646576696365206f7220666f7220602082015201520190fd5b50825115156135d4565b91909293805160068110156124e757600103613a395760208101516040820151613a33916001600160a01b031916614112565b50613861565b805160068110156124e7576002148015613bf7575b15613bab5760e0810180515f5160206151875f395f51905f5281141580613b81575b80613b57575b613b45575080519060c083019160018060a01b03835116905f52600360205260405f209060018060a01b03165f5260205260ff60405f205416835160068110156124e75760021480613b3e575b613b1757835160068110156124e7576003149081613b0e575b50613ae8575050613861565b519051634e33276f60e01b5f9081526004929092526001600160a01b0316602452604490fd5b9050155f613adc565b5051905163f8405c6560e01b5f9081526004929092526001600160a01b0316602452604490fd5b5080613ac3565b6336a577b560e01b5f5260045260245ffd5b507fedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c309238811415613a76565b507f65d7a28e3265b37a6474929f336521b332c1681b933f6cb9f3376673440d862a811415613a70565b805160068110156124e757600403613bca57613bc56140d3565b613861565b60c08101516001600160a01b0316803b15613be55750613861565b6322a2d07b60e21b5f5260045260245ffd5b50805160068110156124e757600314613a4e565b50509050565b6001600160a01b031916908115613c3257505f52600160205260405f205490565b9050602081519101205f52600260205260405f205490565b905f8091602081519101845af48080613cc3575b15613c7e5750506040513d81523d5f602083013e60203d82010160405290565b15613ca357639996b31560e01b5f9081526001600160a01b0391909116600452602490fd5b3d15613cb4576040513d5f823e3d90fd5b63d6bda27560e01b5f5260045ffd5b503d151580613c5e5750813b1515613c5e565b90815f52600960205260405f209182549060ff8260e01c1690600482109081156124e7578215613d3c5760018303613d22575050506001600160401b039060a01c16804211610d5d5750565b63ad157dcf60e01b5f52600452156124e75760245260445ffd5b63364ebc7760e11b5f5260045260245ffd5b6001600160401b03600b5468ffffffffffffffff00613d71838360081c16612f81565b60081b169068ffffffffffffffff0019161780600b5560081c16807fdb3558259e039d7e50e816b9dcce30fb114d8a9c86eca5ab14b60194d6945d3f5f80a290565b356001600160a01b031981168103610d775790565b5f9290602081016001600160a01b0319613de182613db3565b16613f6857505f905b8115613ec0575b508015613eb4575f19810190811161278b57613e0c906127c3565b509182549260ff6001600160401b038560601c169460e01c16613ea85760020180545f925b818410613e4257505050505f929190565b9091929550613e5186846127fb565b50546001600160a01b031695863f6001613e6b83876127fb565b50015403613ea157613e7d82886141bf565b60138110156124e75780613e975750600101929190613e31565b9350505050929190565b6012613e7d565b50509150600291309190565b50600192503091505f90565b613ecb915080612f4f565b939092613ed93686866126f5565b602081519101205f52600260205260405f205485905b801580613f5f575b15613f5357505f190192835b613f35575b858411610d7757613f1a3685876126f5565b602081519101205f52600260205260405f2054939093613eef565b92602f818601355f1a14613f4d575f19019283613f03565b92613f08565b9295505092505f613df1565b50811515613ef7565b6001600160a01b031990613f7b90613db3565b165f52600160205260405f205490613dea565b5f8181526003602090815260408083206001600160a01b038616845290915290205460ff16614014575f8181526003602090815260408083206001600160a01b0395909516808452949091528120805460ff19166001179055339291907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d9080a4600190565b50505f90565b5f8181526003602090815260408083206001600160a01b038616845290915290205460ff1615614014575f8181526003602090815260408083206001600160a01b0395909516808452949091528120805460ff19169055339291907ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b9080a4600190565b903590601e1981360301821215610d7757018035906001600160401b038211610d7757602001916060820236038313610d7757565b60ff600b5416156140e057565b638dfc202b60e01b5f5260045ffd5b60409061274693926001600160601b0360a01b168152816020820152019061236f565b919061411e8184613c11565b928315614165575f19840184811161278b5761413b60ff916127c3565b505460e01c16614149575050565b613982604051928392630b6006df60e31b8452600484016140ef565b613982604051928392637b71341560e01b8452600484016140ef565b60ff811690601f82116141b0576040519161419d6040846126b9565b6020808452838101919036833783525290565b632cd44ac360e21b5f5260045ffd5b5a60061c603f810290808204603f149015171561278b57620641901161425157815f91602080945192019062061a80fa601f3d11165f51901561421d578015801561423a575b8015614223575b1561421d5760138110156124e75790565b50601290565b50600f811015801561420c5750601181111561420c565b50600381101580156142055750600b811115614205565b5a6309ee5fcf60e41b5f5260045262061a8060245260445ffd5b6001810190825f528160205260405f2054155f146142b8578054600160401b811015611c1d576142a5611bac82600187940185558461291e565b905554915f5260205260405f2055600190565b5050505f90565b906001820191815f528260205260405f20548015155f1461437c575f19810181811161278b5782545f1981019190821161278b57818103614347575b50505080548015614333575f190190614314828261291e565b8154905f199060031b1b19169055555f526020525f6040812055600190565b634e487b7160e01b5f52603160045260245ffd5b614367614357611bac938661291e565b90549060031b1c9283928661291e565b90555f528360205260405f20555f80806142fb565b505050505f90565b307f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03161480614471575b156143df577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261338c60c0826126b9565b507f000000000000000000000000000000000000000000000000000000000000000046146143b6565b909192936144a88484614931565b1580156145a5575b156144c15750505050505f90600190565b6020945f9460a094604051948552878501526040840152606083015260808201528280526101005afa156145a3575f51156144fe57600190600190565b60205f60a06040517fbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050238152600584820152600160408201527fa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac95760608201527f5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b60808201528280526101005afa156145a3575f511561459d575f90600190565b5f905f90565bfe5b506145b08186614995565b156144b0565b919093926145c48286614931565b158015614920575b61491757604051936102006145e181876126b9565b5f5b81811061490257505060209261477d5f9360c09360405161460381612667565b868152868882015286604082015289526040519161462083612667565b825286820152600160408201528588019081528761476e60405161464381612667565b7f6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29681527f4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f589820152600160408201526080830190815261475f6147506146a98651614cf8565b92604086019384526146bb8151614cf8565b9061010087019182526146d18851865190614d35565b96606081019788526146e68951835190614d35565b60a08201526146f88651835190614d35565b8c8201526147098851835190614d35565b60e082015261471b8951845190614d35565b61012082015261472e8651845190614d35565b6101408201526101606147448951855190614d35565b91015251905190614d35565b6101808d018181529551614d35565b6101a08c015251835190614d35565b6101c08a015251905190614d35565b6101e087015260405190848252848083015284604083015260608201527fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f60808201525f5160206151a75f395f51905f5260a082015260055afa5f5190156148f057805f5160206151a75f395f51905f52809286959495099309905f905f925f945f915b6080831061482c575050505091614826915f5160206151a75f395f51905f52936150d1565b50061490565b866148ce575b8160fe1c600c8260fc1c1617604061484a8287614a39565b510151614866575b5060019060021b9160021b92019190614801565b9691959094826148aa5750505061487d8583614a39565b5151936001604061489d60206148938a88614a39565b5101519886614a39565b5101519695945b90614852565b906148c392916148bd6001989987614a39565b51614e53565b9691959095946148a4565b93956148df91956148e59397614d54565b91614d54565b959194909493614832565b634e487b715f5260126020526024601cfd5b60209061490d614a1b565b81890152016145e3565b50505050505f90565b5061492b8482614995565b156145cc565b90811515918261497e575b5081614974575b8161494c575090565b7f7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a89150111590565b8015159150614943565b5f5160206151a75f395f51905f521191505f61493c565b600160601b63ffffffff60c01b03197f5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b8183816003600160601b0363ffffffff60c01b031981838009080908600160601b63ffffffff60c01b03198380091491600163ffffffff60601b0360601b191190600163ffffffff60601b0360601b1911161690565b60405190614a2882612667565b5f6040838281528260208201520152565b9060108110156110855760051b0190565b60405190614a596040836126b9565b600f82526e61207061727420697320656d70747960881b6020830152565b6080815111614b65575f60015b8251821015614b2f57825182101561108557828201602001516001600160f81b031916600160fd1b8111801590614b21575b614aec57602f60f81b1490819081614ae4575b50614ad957600190910190614a84565b505050612746614a4a565b90505f614ac9565b505050506040614afe815191826126b9565b60138152726e6f74207072696e7461626c6520415343494960681b602082015290565b50607f60f81b811015614ab6565b9190505115159081614b5d575b50614b5557604051614b4f6020826126b9565b5f815290565b612746614a4a565b90505f614b3c565b50604051614b746040826126b9565b60158152746c6f6e676572207468616e2031323820627974657360581b602082015290565b919091614ba68382613c11565b80614ce057505f54600160401b811015611c1d57806001614bc992015f556127c3565b50926001846001600160601b0360a01b84169360a01c6001600160601b03198254161781550181516001600160401b038111611c1d57614c1381614c0d8454612828565b84612b58565b6020601f8211600114614c80579080614c40925f91614c75575b508160011b915f199060031b1c19161790565b90555b8115614c5b57505f54905f52600160205260405f2055565b90505f5490602081519101205f52600260205260405f2055565b90508401515f614c2d565b601f19821690835f52805f20915f5b818110614cc857509083600194939210614cb0575b5050811b019055614c43565b8501515f1960f88460031b161c191690555f80614ca4565b9192602060018192868a015181550194019201614c8f565b919250505f19810190811161278b5761305d906127c3565b614d1890614d04614a1b565b508051906040602082015191015191614d54565b9060405192614d2684612667565b83526020830152604082015290565b614d1891614d41614a1b565b5080516040602083015192015192614e53565b929091600160601b63ffffffff60c01b0319838009600160601b63ffffffff60c01b0319828009600160601b63ffffffff60c01b0319908190819080096003600160601b0363ffffffff60c01b031909600160601b63ffffffff60c01b0319808880096003090894600160601b63ffffffff60c01b031990819083900960040994600160601b63ffffffff60c01b03198087600209600160601b63ffffffff60c01b0319908103908380090895600160601b63ffffffff60c01b031992839081908009600809600160601b63ffffffff60c01b03199081039290918290898203900890090892600160601b63ffffffff60c01b03199182910960020990565b9193905f945f945f94604081015190600163ffffffff60601b0360601b19828009600160601b63ffffffff60c01b031984800992600160601b63ffffffff60c01b03198086860960208501510991600160601b63ffffffff60c01b031983810381808585098a09089351600160601b63ffffffff60c01b03199086900990600160601b63ffffffff60c01b0319908282039082908b090890811585151694855f14615006575050505050600114614f0b575b50505050565b929650909450919250600160601b63ffffffff60c01b031984800990600160601b63ffffffff60c01b0319908190819080096003600160601b0363ffffffff60c01b031909600160601b63ffffffff60c01b0319808880096003090894600160601b63ffffffff60c01b031990819083900960040994600160601b63ffffffff60c01b03198087600209600160601b63ffffffff60c01b0319908103908380090895600160601b63ffffffff60c01b031992839081908009600809600160601b63ffffffff60c01b03199081039290918290898203900890090892600160601b63ffffffff60c01b031991829109600209905f808080614f05565b96999a5096509650985098505050600163ffffffff60601b0360601b1983800991600160601b63ffffffff60c01b03199083900991600160601b63ffffffff60c01b031990840991600160601b63ffffffff60c01b03198082600209600160601b63ffffffff60c01b03199081039085810381868009080897600160601b63ffffffff60c01b031993849109600160601b63ffffffff60c01b031990810392909182908a8203900890090893600160601b63ffffffff60c01b0319928391099009905f808080614f05565b9291801561517c575f60c060209260405190848252848083015284604083015260608201527fffffffff00000001000000000000000000000000fffffffffffffffffffffffd6080820152600163ffffffff60601b0360601b1960a082015260055afa905f5191156148f057600160601b63ffffffff60c01b031982800993600160601b63ffffffff60c01b03199085900993600160601b63ffffffff60c01b031992839109900990565b505090505f905f9056fe5ff038c4899bb7fbbc7cf40ef4accece5ebd324c2da5ab7db2c3b81e845e2a7affffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6325512f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d5ff038c4899bb7fbbc7cf40ef4accece5ebd324c2da5ab7db2c3b81e845e2a7ab286eadb1e6994563cfc2a4e489742000f0573e11a888d811b9059c410c1e7eeedcc084d3dcd65a1f7f23c65c46722faca6953d28e43150a467cf43e5c3092382c1828b2647445c9ea81ca509e34945fbad86b98324433c4f5260b9490e9e800",
}

// RuleManager is an auto generated Go binding around an Ethereum contract.
type RuleManager struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *RuleManager) GetABI() abi.ABI {
	return c.abi
}

// NewRuleManager creates a new instance of RuleManager.
func NewRuleManager() *RuleManager {
	parsed, err := RuleManagerMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &RuleManager{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *RuleManager) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address[] admins, address[] registrars, uint8 needed, (bytes12,string,uint8,(address,bytes32,bytes32)[])[] first, address anchor_, address registry_) returns()
func (ruleManager *RuleManager) PackConstructor(admins []common.Address, registrars []common.Address, needed uint8, first []Draft, anchor_ common.Address, registry_ common.Address) []byte {
	enc, err := ruleManager.abi.Pack("", admins, registrars, needed, first, anchor_, registry_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) PackDEFAULTADMINROLE() []byte {
	enc, err := ruleManager.abi.Pack("DEFAULT_ADMIN_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) TryPackDEFAULTADMINROLE() ([]byte, error) {
	return ruleManager.abi.Pack("DEFAULT_ADMIN_ROLE")
}

// UnpackDEFAULTADMINROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa217fddf.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) UnpackDEFAULTADMINROLE(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("DEFAULT_ADMIN_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackMAXCHANGES is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05ed0b9c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_CHANGES() view returns(uint256)
func (ruleManager *RuleManager) PackMAXCHANGES() []byte {
	enc, err := ruleManager.abi.Pack("MAX_CHANGES")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXCHANGES is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05ed0b9c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_CHANGES() view returns(uint256)
func (ruleManager *RuleManager) TryPackMAXCHANGES() ([]byte, error) {
	return ruleManager.abi.Pack("MAX_CHANGES")
}

// UnpackMAXCHANGES is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x05ed0b9c.
//
// Solidity: function MAX_CHANGES() view returns(uint256)
func (ruleManager *RuleManager) UnpackMAXCHANGES(data []byte) (*big.Int, error) {
	out, err := ruleManager.abi.Unpack("MAX_CHANGES", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXMODE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6258bf1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_MODE() view returns(uint8)
func (ruleManager *RuleManager) PackMAXMODE() []byte {
	enc, err := ruleManager.abi.Pack("MAX_MODE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXMODE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6258bf1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_MODE() view returns(uint8)
func (ruleManager *RuleManager) TryPackMAXMODE() ([]byte, error) {
	return ruleManager.abi.Pack("MAX_MODE")
}

// UnpackMAXMODE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe6258bf1.
//
// Solidity: function MAX_MODE() view returns(uint8)
func (ruleManager *RuleManager) UnpackMAXMODE(data []byte) (uint8, error) {
	out, err := ruleManager.abi.Unpack("MAX_MODE", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackMAXPARTS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd2a75cca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_PARTS() view returns(uint256)
func (ruleManager *RuleManager) PackMAXPARTS() []byte {
	enc, err := ruleManager.abi.Pack("MAX_PARTS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXPARTS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd2a75cca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_PARTS() view returns(uint256)
func (ruleManager *RuleManager) TryPackMAXPARTS() ([]byte, error) {
	return ruleManager.abi.Pack("MAX_PARTS")
}

// UnpackMAXPARTS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd2a75cca.
//
// Solidity: function MAX_PARTS() view returns(uint256)
func (ruleManager *RuleManager) UnpackMAXPARTS(data []byte) (*big.Int, error) {
	out, err := ruleManager.abi.Unpack("MAX_PARTS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackPAUSERROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe63ab1e9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function PAUSER_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) PackPAUSERROLE() []byte {
	enc, err := ruleManager.abi.Pack("PAUSER_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPAUSERROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe63ab1e9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function PAUSER_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) TryPackPAUSERROLE() ([]byte, error) {
	return ruleManager.abi.Pack("PAUSER_ROLE")
}

// UnpackPAUSERROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe63ab1e9.
//
// Solidity: function PAUSER_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) UnpackPAUSERROLE(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("PAUSER_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackREGISTRARROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf68e9553.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) PackREGISTRARROLE() []byte {
	enc, err := ruleManager.abi.Pack("REGISTRAR_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackREGISTRARROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf68e9553.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) TryPackREGISTRARROLE() ([]byte, error) {
	return ruleManager.abi.Pack("REGISTRAR_ROLE")
}

// UnpackREGISTRARROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf68e9553.
//
// Solidity: function REGISTRAR_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) UnpackREGISTRARROLE(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("REGISTRAR_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRULEADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0bb18973.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function RULE_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) PackRULEADMINROLE() []byte {
	enc, err := ruleManager.abi.Pack("RULE_ADMIN_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRULEADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0bb18973.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function RULE_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) TryPackRULEADMINROLE() ([]byte, error) {
	return ruleManager.abi.Pack("RULE_ADMIN_ROLE")
}

// UnpackRULEADMINROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0bb18973.
//
// Solidity: function RULE_ADMIN_ROLE() view returns(bytes32)
func (ruleManager *RuleManager) UnpackRULEADMINROLE(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("RULE_ADMIN_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRULEGAS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1a1d7bfe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function RULE_GAS() view returns(uint256)
func (ruleManager *RuleManager) PackRULEGAS() []byte {
	enc, err := ruleManager.abi.Pack("RULE_GAS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRULEGAS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1a1d7bfe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function RULE_GAS() view returns(uint256)
func (ruleManager *RuleManager) TryPackRULEGAS() ([]byte, error) {
	return ruleManager.abi.Pack("RULE_GAS")
}

// UnpackRULEGAS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1a1d7bfe.
//
// Solidity: function RULE_GAS() view returns(uint256)
func (ruleManager *RuleManager) UnpackRULEGAS(data []byte) (*big.Int, error) {
	out, err := ruleManager.abi.Unpack("RULE_GAS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3fb73b4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function anchor() view returns(address)
func (ruleManager *RuleManager) PackAnchor() []byte {
	enc, err := ruleManager.abi.Pack("anchor")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3fb73b4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function anchor() view returns(address)
func (ruleManager *RuleManager) TryPackAnchor() ([]byte, error) {
	return ruleManager.abi.Pack("anchor")
}

// UnpackAnchor is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd3fb73b4.
//
// Solidity: function anchor() view returns(address)
func (ruleManager *RuleManager) UnpackAnchor(data []byte) (common.Address, error) {
	out, err := ruleManager.abi.Unpack("anchor", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackApprovals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb05dba96.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function approvals() view returns(uint8)
func (ruleManager *RuleManager) PackApprovals() []byte {
	enc, err := ruleManager.abi.Pack("approvals")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackApprovals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb05dba96.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function approvals() view returns(uint8)
func (ruleManager *RuleManager) TryPackApprovals() ([]byte, error) {
	return ruleManager.abi.Pack("approvals")
}

// UnpackApprovals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb05dba96.
//
// Solidity: function approvals() view returns(uint8)
func (ruleManager *RuleManager) UnpackApprovals(data []byte) (uint8, error) {
	out, err := ruleManager.abi.Unpack("approvals", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd235b36a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function approve(bytes32 id, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) PackApprove(id [32]byte, deadline uint64, sig Signature) []byte {
	enc, err := ruleManager.abi.Pack("approve", id, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd235b36a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function approve(bytes32 id, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) TryPackApprove(id [32]byte, deadline uint64, sig Signature) ([]byte, error) {
	return ruleManager.abi.Pack("approve", id, deadline, sig)
}

// PackAuthority is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbf7e214f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function authority() view returns(uint64)
func (ruleManager *RuleManager) PackAuthority() []byte {
	enc, err := ruleManager.abi.Pack("authority")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAuthority is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbf7e214f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function authority() view returns(uint64)
func (ruleManager *RuleManager) TryPackAuthority() ([]byte, error) {
	return ruleManager.abi.Pack("authority")
}

// UnpackAuthority is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbf7e214f.
//
// Solidity: function authority() view returns(uint64)
func (ruleManager *RuleManager) UnpackAuthority(data []byte) (uint64, error) {
	out, err := ruleManager.abi.Unpack("authority", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbad33026.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancel(bytes32 id, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) PackCancel(id [32]byte, deadline uint64, sig Signature) []byte {
	enc, err := ruleManager.abi.Pack("cancel", id, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbad33026.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancel(bytes32 id, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) TryPackCancel(id [32]byte, deadline uint64, sig Signature) ([]byte, error) {
	return ruleManager.abi.Pack("cancel", id, deadline, sig)
}

// PackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1808b8a4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) PackCheck(r Reading) []byte {
	enc, err := ruleManager.abi.Pack("check", r)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1808b8a4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) TryPackCheck(r Reading) ([]byte, error) {
	return ruleManager.abi.Pack("check", r)
}

// CheckOutput serves as a container for the return parameters of contract
// method Check.
type CheckOutput struct {
	Reason       uint32
	Rule         common.Address
	Version      uint64
	CurrentEpoch uint64
}

// UnpackCheck is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1808b8a4.
//
// Solidity: function check((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r) view returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) UnpackCheck(data []byte) (CheckOutput, error) {
	out, err := ruleManager.abi.Unpack("check", data)
	outstruct := new(CheckOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Reason = *abi.ConvertType(out[0], new(uint32)).(*uint32)
	outstruct.Rule = *abi.ConvertType(out[1], new(common.Address)).(*common.Address)
	outstruct.Version = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	outstruct.CurrentEpoch = *abi.ConvertType(out[3], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackCheckAndLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbeabf99b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function checkAndLog((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r, bytes32 leaf) returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) PackCheckAndLog(r Reading, leaf [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("checkAndLog", r, leaf)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCheckAndLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbeabf99b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function checkAndLog((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r, bytes32 leaf) returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) TryPackCheckAndLog(r Reading, leaf [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("checkAndLog", r, leaf)
}

// CheckAndLogOutput serves as a container for the return parameters of contract
// method CheckAndLog.
type CheckAndLogOutput struct {
	Reason       uint32
	Rule         common.Address
	Version      uint64
	CurrentEpoch uint64
}

// UnpackCheckAndLog is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbeabf99b.
//
// Solidity: function checkAndLog((string,bytes12,bytes32,bytes32,int128,int128,uint32,uint64,int64,int64,uint32,uint32,int64,(int64,int64,int64,int64)[],(bytes32,bytes32,(int64,int64,int64,int64))[]) r, bytes32 leaf) returns(uint32 reason, address rule, uint64 version, uint64 currentEpoch)
func (ruleManager *RuleManager) UnpackCheckAndLog(data []byte) (CheckAndLogOutput, error) {
	out, err := ruleManager.abi.Unpack("checkAndLog", data)
	outstruct := new(CheckAndLogOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Reason = *abi.ConvertType(out[0], new(uint32)).(*uint32)
	outstruct.Rule = *abi.ConvertType(out[1], new(common.Address)).(*common.Address)
	outstruct.Version = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	outstruct.CurrentEpoch = *abi.ConvertType(out[3], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackEntries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17b937e6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function entries(uint256 first, uint256 most) view returns((bytes12,uint64,uint64,bool,uint8,string,(address,bytes32,bytes32)[])[] page)
func (ruleManager *RuleManager) PackEntries(first *big.Int, most *big.Int) []byte {
	enc, err := ruleManager.abi.Pack("entries", first, most)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEntries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17b937e6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function entries(uint256 first, uint256 most) view returns((bytes12,uint64,uint64,bool,uint8,string,(address,bytes32,bytes32)[])[] page)
func (ruleManager *RuleManager) TryPackEntries(first *big.Int, most *big.Int) ([]byte, error) {
	return ruleManager.abi.Pack("entries", first, most)
}

// UnpackEntries is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x17b937e6.
//
// Solidity: function entries(uint256 first, uint256 most) view returns((bytes12,uint64,uint64,bool,uint8,string,(address,bytes32,bytes32)[])[] page)
func (ruleManager *RuleManager) UnpackEntries(data []byte) ([]Entry, error) {
	out, err := ruleManager.abi.Unpack("entries", data)
	if err != nil {
		return *new([]Entry), err
	}
	out0 := *abi.ConvertType(out[0], new([]Entry)).(*[]Entry)
	return out0, nil
}

// PackEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x900cf0cf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function epoch() view returns(uint64)
func (ruleManager *RuleManager) PackEpoch() []byte {
	enc, err := ruleManager.abi.Pack("epoch")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x900cf0cf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function epoch() view returns(uint64)
func (ruleManager *RuleManager) TryPackEpoch() ([]byte, error) {
	return ruleManager.abi.Pack("epoch")
}

// UnpackEpoch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x900cf0cf.
//
// Solidity: function epoch() view returns(uint64)
func (ruleManager *RuleManager) UnpackEpoch(data []byte) (uint64, error) {
	out, err := ruleManager.abi.Unpack("epoch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackExecute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe751f271.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function execute(bytes32 id) returns()
func (ruleManager *RuleManager) PackExecute(id [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("execute", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExecute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe751f271.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function execute(bytes32 id) returns()
func (ruleManager *RuleManager) TryPackExecute(id [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("execute", id)
}

// PackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (ruleManager *RuleManager) PackGetRoleAdmin(role [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("getRoleAdmin", role)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (ruleManager *RuleManager) TryPackGetRoleAdmin(role [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("getRoleAdmin", role)
}

// UnpackGetRoleAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x248a9ca3.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (ruleManager *RuleManager) UnpackGetRoleAdmin(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("getRoleAdmin", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGetRoleMember is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9010d07c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleMember(bytes32 role, uint256 index) view returns(address)
func (ruleManager *RuleManager) PackGetRoleMember(role [32]byte, index *big.Int) []byte {
	enc, err := ruleManager.abi.Pack("getRoleMember", role, index)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleMember is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9010d07c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleMember(bytes32 role, uint256 index) view returns(address)
func (ruleManager *RuleManager) TryPackGetRoleMember(role [32]byte, index *big.Int) ([]byte, error) {
	return ruleManager.abi.Pack("getRoleMember", role, index)
}

// UnpackGetRoleMember is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9010d07c.
//
// Solidity: function getRoleMember(bytes32 role, uint256 index) view returns(address)
func (ruleManager *RuleManager) UnpackGetRoleMember(data []byte) (common.Address, error) {
	out, err := ruleManager.abi.Unpack("getRoleMember", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGetRoleMemberCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xca15c873.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleMemberCount(bytes32 role) view returns(uint256)
func (ruleManager *RuleManager) PackGetRoleMemberCount(role [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("getRoleMemberCount", role)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleMemberCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xca15c873.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleMemberCount(bytes32 role) view returns(uint256)
func (ruleManager *RuleManager) TryPackGetRoleMemberCount(role [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("getRoleMemberCount", role)
}

// UnpackGetRoleMemberCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xca15c873.
//
// Solidity: function getRoleMemberCount(bytes32 role) view returns(uint256)
func (ruleManager *RuleManager) UnpackGetRoleMemberCount(data []byte) (*big.Int, error) {
	out, err := ruleManager.abi.Unpack("getRoleMemberCount", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackGetRoleMembers is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3246ad3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleMembers(bytes32 role) view returns(address[])
func (ruleManager *RuleManager) PackGetRoleMembers(role [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("getRoleMembers", role)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleMembers is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3246ad3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleMembers(bytes32 role) view returns(address[])
func (ruleManager *RuleManager) TryPackGetRoleMembers(role [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("getRoleMembers", role)
}

// UnpackGetRoleMembers is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa3246ad3.
//
// Solidity: function getRoleMembers(bytes32 role) view returns(address[])
func (ruleManager *RuleManager) UnpackGetRoleMembers(data []byte) ([]common.Address, error) {
	out, err := ruleManager.abi.Unpack("getRoleMembers", data)
	if err != nil {
		return *new([]common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new([]common.Address)).(*[]common.Address)
	return out0, nil
}

// PackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (ruleManager *RuleManager) PackGrantRole(role [32]byte, account common.Address) []byte {
	enc, err := ruleManager.abi.Pack("grantRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (ruleManager *RuleManager) TryPackGrantRole(role [32]byte, account common.Address) ([]byte, error) {
	return ruleManager.abi.Pack("grantRole", role, account)
}

// PackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (ruleManager *RuleManager) PackHasRole(role [32]byte, account common.Address) []byte {
	enc, err := ruleManager.abi.Pack("hasRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (ruleManager *RuleManager) TryPackHasRole(role [32]byte, account common.Address) ([]byte, error) {
	return ruleManager.abi.Pack("hasRole", role, account)
}

// UnpackHasRole is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x91d14854.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (ruleManager *RuleManager) UnpackHasRole(data []byte) (bool, error) {
	out, err := ruleManager.abi.Unpack("hasRole", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackKeyAddress is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2dbdfc2a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (ruleManager *RuleManager) PackKeyAddress(x [32]byte, y [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("keyAddress", x, y)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackKeyAddress is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2dbdfc2a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (ruleManager *RuleManager) TryPackKeyAddress(x [32]byte, y [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("keyAddress", x, y)
}

// UnpackKeyAddress is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2dbdfc2a.
//
// Solidity: function keyAddress(bytes32 x, bytes32 y) pure returns(address)
func (ruleManager *RuleManager) UnpackKeyAddress(data []byte) (common.Address, error) {
	out, err := ruleManager.abi.Unpack("keyAddress", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackMulticall is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9650d8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (ruleManager *RuleManager) PackMulticall(data [][]byte) []byte {
	enc, err := ruleManager.abi.Pack("multicall", data)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMulticall is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac9650d8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (ruleManager *RuleManager) TryPackMulticall(data [][]byte) ([]byte, error) {
	return ruleManager.abi.Pack("multicall", data)
}

// UnpackMulticall is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xac9650d8.
//
// Solidity: function multicall(bytes[] data) returns(bytes[] results)
func (ruleManager *RuleManager) UnpackMulticall(data []byte) ([][]byte, error) {
	out, err := ruleManager.abi.Unpack("multicall", data)
	if err != nil {
		return *new([][]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([][]byte)).(*[][]byte)
	return out0, nil
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address key) view returns(uint64)
func (ruleManager *RuleManager) PackNonces(key common.Address) []byte {
	enc, err := ruleManager.abi.Pack("nonces", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(address key) view returns(uint64)
func (ruleManager *RuleManager) TryPackNonces(key common.Address) ([]byte, error) {
	return ruleManager.abi.Pack("nonces", key)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ecebe00.
//
// Solidity: function nonces(address key) view returns(uint64)
func (ruleManager *RuleManager) UnpackNonces(data []byte) (uint64, error) {
	out, err := ruleManager.abi.Unpack("nonces", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2b37f96.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pause(uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) PackPause(nonce uint64, deadline uint64, sig Signature) []byte {
	enc, err := ruleManager.abi.Pack("pause", nonce, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2b37f96.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pause(uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns()
func (ruleManager *RuleManager) TryPackPause(nonce uint64, deadline uint64, sig Signature) ([]byte, error) {
	return ruleManager.abi.Pack("pause", nonce, deadline, sig)
}

// PackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paused() view returns(bool)
func (ruleManager *RuleManager) PackPaused() []byte {
	enc, err := ruleManager.abi.Pack("paused")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paused() view returns(bool)
func (ruleManager *RuleManager) TryPackPaused() ([]byte, error) {
	return ruleManager.abi.Pack("paused")
}

// UnpackPaused is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5c975abb.
//
// Solidity: function paused() view returns(bool)
func (ruleManager *RuleManager) UnpackPaused(data []byte) (bool, error) {
	out, err := ruleManager.abi.Unpack("paused", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackProposal is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6da59041.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proposal(bytes32 id) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[]))
func (ruleManager *RuleManager) PackProposal(id [32]byte) []byte {
	enc, err := ruleManager.abi.Pack("proposal", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProposal is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6da59041.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proposal(bytes32 id) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[]))
func (ruleManager *RuleManager) TryPackProposal(id [32]byte) ([]byte, error) {
	return ruleManager.abi.Pack("proposal", id)
}

// UnpackProposal is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6da59041.
//
// Solidity: function proposal(bytes32 id) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[]))
func (ruleManager *RuleManager) UnpackProposal(data []byte) (Proposal, error) {
	out, err := ruleManager.abi.Unpack("proposal", data)
	if err != nil {
		return *new(Proposal), err
	}
	out0 := *abi.ConvertType(out[0], new(Proposal)).(*Proposal)
	return out0, nil
}

// PackProposalId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2adcb0b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proposalId(address by, (uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline) pure returns(bytes32)
func (ruleManager *RuleManager) PackProposalId(by common.Address, changes []Change, nonce uint64, deadline uint64) []byte {
	enc, err := ruleManager.abi.Pack("proposalId", by, changes, nonce, deadline)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProposalId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2adcb0b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proposalId(address by, (uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline) pure returns(bytes32)
func (ruleManager *RuleManager) TryPackProposalId(by common.Address, changes []Change, nonce uint64, deadline uint64) ([]byte, error) {
	return ruleManager.abi.Pack("proposalId", by, changes, nonce, deadline)
}

// UnpackProposalId is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe2adcb0b.
//
// Solidity: function proposalId(address by, (uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline) pure returns(bytes32)
func (ruleManager *RuleManager) UnpackProposalId(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("proposalId", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackProposals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc2cfee27.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proposals(uint256 first, uint256 most) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[])[] page)
func (ruleManager *RuleManager) PackProposals(first *big.Int, most *big.Int) []byte {
	enc, err := ruleManager.abi.Pack("proposals", first, most)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProposals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc2cfee27.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proposals(uint256 first, uint256 most) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[])[] page)
func (ruleManager *RuleManager) TryPackProposals(first *big.Int, most *big.Int) ([]byte, error) {
	return ruleManager.abi.Pack("proposals", first, most)
}

// UnpackProposals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc2cfee27.
//
// Solidity: function proposals(uint256 first, uint256 most) view returns((bytes32,address,uint64,uint8,address[],(uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[])[] page)
func (ruleManager *RuleManager) UnpackProposals(data []byte) ([]Proposal, error) {
	out, err := ruleManager.abi.Unpack("proposals", data)
	if err != nil {
		return *new([]Proposal), err
	}
	out0 := *abi.ConvertType(out[0], new([]Proposal)).(*[]Proposal)
	return out0, nil
}

// PackPropose is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5a617de7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function propose((uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns(bytes32 id)
func (ruleManager *RuleManager) PackPropose(changes []Change, nonce uint64, deadline uint64, sig Signature) []byte {
	enc, err := ruleManager.abi.Pack("propose", changes, nonce, deadline, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPropose is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5a617de7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function propose((uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns(bytes32 id)
func (ruleManager *RuleManager) TryPackPropose(changes []Change, nonce uint64, deadline uint64, sig Signature) ([]byte, error) {
	return ruleManager.abi.Pack("propose", changes, nonce, deadline, sig)
}

// UnpackPropose is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5a617de7.
//
// Solidity: function propose((uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes, uint64 nonce, uint64 deadline, (bytes32,bytes32,bytes32,bytes32) sig) returns(bytes32 id)
func (ruleManager *RuleManager) UnpackPropose(data []byte) ([32]byte, error) {
	out, err := ruleManager.abi.Unpack("propose", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registry() view returns(address)
func (ruleManager *RuleManager) PackRegistry() []byte {
	enc, err := ruleManager.abi.Pack("registry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registry() view returns(address)
func (ruleManager *RuleManager) TryPackRegistry() ([]byte, error) {
	return ruleManager.abi.Pack("registry")
}

// UnpackRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b103999.
//
// Solidity: function registry() view returns(address)
func (ruleManager *RuleManager) UnpackRegistry(data []byte) (common.Address, error) {
	out, err := ruleManager.abi.Unpack("registry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceRole(bytes32 role, address callerConfirmation) returns()
func (ruleManager *RuleManager) PackRenounceRole(role [32]byte, callerConfirmation common.Address) []byte {
	enc, err := ruleManager.abi.Pack("renounceRole", role, callerConfirmation)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceRole(bytes32 role, address callerConfirmation) returns()
func (ruleManager *RuleManager) TryPackRenounceRole(role [32]byte, callerConfirmation common.Address) ([]byte, error) {
	return ruleManager.abi.Pack("renounceRole", role, callerConfirmation)
}

// PackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (ruleManager *RuleManager) PackRevokeRole(role [32]byte, account common.Address) []byte {
	enc, err := ruleManager.abi.Pack("revokeRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (ruleManager *RuleManager) TryPackRevokeRole(role [32]byte, account common.Address) ([]byte, error) {
	return ruleManager.abi.Pack("revokeRole", role, account)
}

// PackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc19d93fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function state() view returns((uint64,uint64,uint64,uint64,bool,address))
func (ruleManager *RuleManager) PackState() []byte {
	enc, err := ruleManager.abi.Pack("state")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc19d93fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function state() view returns((uint64,uint64,uint64,uint64,bool,address))
func (ruleManager *RuleManager) TryPackState() ([]byte, error) {
	return ruleManager.abi.Pack("state")
}

// UnpackState is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc19d93fb.
//
// Solidity: function state() view returns((uint64,uint64,uint64,uint64,bool,address))
func (ruleManager *RuleManager) UnpackState(data []byte) (State, error) {
	out, err := ruleManager.abi.Unpack("state", data)
	if err != nil {
		return *new(State), err
	}
	out0 := *abi.ConvertType(out[0], new(State)).(*State)
	return out0, nil
}

// PackSuccessor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6ff968c3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function successor() view returns(address)
func (ruleManager *RuleManager) PackSuccessor() []byte {
	enc, err := ruleManager.abi.Pack("successor")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSuccessor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6ff968c3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function successor() view returns(address)
func (ruleManager *RuleManager) TryPackSuccessor() ([]byte, error) {
	return ruleManager.abi.Pack("successor")
}

// UnpackSuccessor is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6ff968c3.
//
// Solidity: function successor() view returns(address)
func (ruleManager *RuleManager) UnpackSuccessor(data []byte) (common.Address, error) {
	out, err := ruleManager.abi.Unpack("successor", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (ruleManager *RuleManager) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := ruleManager.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (ruleManager *RuleManager) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return ruleManager.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (ruleManager *RuleManager) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := ruleManager.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackVersionOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x98ce7826.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function versionOf(bytes12 device, string group) view returns(uint64)
func (ruleManager *RuleManager) PackVersionOf(device [12]byte, group string) []byte {
	enc, err := ruleManager.abi.Pack("versionOf", device, group)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVersionOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x98ce7826.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function versionOf(bytes12 device, string group) view returns(uint64)
func (ruleManager *RuleManager) TryPackVersionOf(device [12]byte, group string) ([]byte, error) {
	return ruleManager.abi.Pack("versionOf", device, group)
}

// UnpackVersionOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x98ce7826.
//
// Solidity: function versionOf(bytes12 device, string group) view returns(uint64)
func (ruleManager *RuleManager) UnpackVersionOf(data []byte) (uint64, error) {
	out, err := ruleManager.abi.Unpack("versionOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// RuleManagerApproved represents a Approved event raised by the RuleManager contract.
type RuleManagerApproved struct {
	Id  [32]byte
	By  common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const RuleManagerApprovedEventName = "Approved"

// ContractEventName returns the user-defined event name.
func (RuleManagerApproved) ContractEventName() string {
	return RuleManagerApprovedEventName
}

// UnpackApprovedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Approved(bytes32 indexed id, address indexed by)
func (ruleManager *RuleManager) UnpackApprovedEvent(log *types.Log) (*RuleManagerApproved, error) {
	event := "Approved"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerApproved)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerCancelled represents a Cancelled event raised by the RuleManager contract.
type RuleManagerCancelled struct {
	Id  [32]byte
	By  common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const RuleManagerCancelledEventName = "Cancelled"

// ContractEventName returns the user-defined event name.
func (RuleManagerCancelled) ContractEventName() string {
	return RuleManagerCancelledEventName
}

// UnpackCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Cancelled(bytes32 indexed id, address indexed by)
func (ruleManager *RuleManager) UnpackCancelledEvent(log *types.Log) (*RuleManagerCancelled, error) {
	event := "Cancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerCancelled)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerChecked represents a Checked event raised by the RuleManager contract.
type RuleManagerChecked struct {
	Leaf      [32]byte
	GroupHash [32]byte
	By        common.Address
	Rule      common.Address
	Reason    uint32
	Version   uint64
	Epoch     uint64
	Raw       *types.Log // Blockchain specific contextual infos
}

const RuleManagerCheckedEventName = "Checked"

// ContractEventName returns the user-defined event name.
func (RuleManagerChecked) ContractEventName() string {
	return RuleManagerCheckedEventName
}

// UnpackCheckedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Checked(bytes32 indexed leaf, bytes32 indexed groupHash, address indexed by, address rule, uint32 reason, uint64 version, uint64 epoch)
func (ruleManager *RuleManager) UnpackCheckedEvent(log *types.Log) (*RuleManagerChecked, error) {
	event := "Checked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerChecked)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerEntryRetired represents a EntryRetired event raised by the RuleManager contract.
type RuleManagerEntryRetired struct {
	Proposal  [32]byte
	Device    [12]byte
	GroupHash [32]byte
	Group     string
	Version   uint64
	Epoch     uint64
	Raw       *types.Log // Blockchain specific contextual infos
}

const RuleManagerEntryRetiredEventName = "EntryRetired"

// ContractEventName returns the user-defined event name.
func (RuleManagerEntryRetired) ContractEventName() string {
	return RuleManagerEntryRetiredEventName
}

// UnpackEntryRetiredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EntryRetired(bytes32 indexed proposal, bytes12 indexed device, bytes32 indexed groupHash, string group, uint64 version, uint64 epoch)
func (ruleManager *RuleManager) UnpackEntryRetiredEvent(log *types.Log) (*RuleManagerEntryRetired, error) {
	event := "EntryRetired"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerEntryRetired)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerEntrySet represents a EntrySet event raised by the RuleManager contract.
type RuleManagerEntrySet struct {
	Proposal  [32]byte
	Device    [12]byte
	GroupHash [32]byte
	Group     string
	Version   uint64
	Epoch     uint64
	Mode      uint8
	Parts     []Part
	Raw       *types.Log // Blockchain specific contextual infos
}

const RuleManagerEntrySetEventName = "EntrySet"

// ContractEventName returns the user-defined event name.
func (RuleManagerEntrySet) ContractEventName() string {
	return RuleManagerEntrySetEventName
}

// UnpackEntrySetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EntrySet(bytes32 indexed proposal, bytes12 indexed device, bytes32 indexed groupHash, string group, uint64 version, uint64 epoch, uint8 mode, (address,bytes32,bytes32)[] parts)
func (ruleManager *RuleManager) UnpackEntrySetEvent(log *types.Log) (*RuleManagerEntrySet, error) {
	event := "EntrySet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerEntrySet)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerEpochChanged represents a EpochChanged event raised by the RuleManager contract.
type RuleManagerEpochChanged struct {
	Epoch uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const RuleManagerEpochChangedEventName = "EpochChanged"

// ContractEventName returns the user-defined event name.
func (RuleManagerEpochChanged) ContractEventName() string {
	return RuleManagerEpochChangedEventName
}

// UnpackEpochChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EpochChanged(uint64 indexed epoch)
func (ruleManager *RuleManager) UnpackEpochChangedEvent(log *types.Log) (*RuleManagerEpochChanged, error) {
	event := "EpochChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerEpochChanged)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerExecuted represents a Executed event raised by the RuleManager contract.
type RuleManagerExecuted struct {
	Id        [32]byte
	Epoch     uint64
	Authority uint64
	Raw       *types.Log // Blockchain specific contextual infos
}

const RuleManagerExecutedEventName = "Executed"

// ContractEventName returns the user-defined event name.
func (RuleManagerExecuted) ContractEventName() string {
	return RuleManagerExecutedEventName
}

// UnpackExecutedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Executed(bytes32 indexed id, uint64 epoch, uint64 authority)
func (ruleManager *RuleManager) UnpackExecutedEvent(log *types.Log) (*RuleManagerExecuted, error) {
	event := "Executed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerExecuted)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerPaused represents a Paused event raised by the RuleManager contract.
type RuleManagerPaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const RuleManagerPausedEventName = "Paused"

// ContractEventName returns the user-defined event name.
func (RuleManagerPaused) ContractEventName() string {
	return RuleManagerPausedEventName
}

// UnpackPausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Paused(address account)
func (ruleManager *RuleManager) UnpackPausedEvent(log *types.Log) (*RuleManagerPaused, error) {
	event := "Paused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerPaused)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerProposed represents a Proposed event raised by the RuleManager contract.
type RuleManagerProposed struct {
	Id       [32]byte
	By       common.Address
	Nonce    uint64
	Deadline uint64
	Changes  []Change
	Raw      *types.Log // Blockchain specific contextual infos
}

const RuleManagerProposedEventName = "Proposed"

// ContractEventName returns the user-defined event name.
func (RuleManagerProposed) ContractEventName() string {
	return RuleManagerProposedEventName
}

// UnpackProposedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Proposed(bytes32 indexed id, address indexed by, uint64 nonce, uint64 deadline, (uint8,bytes12,string,uint64,uint8,(address,bytes32,bytes32)[],address,bytes32)[] changes)
func (ruleManager *RuleManager) UnpackProposedEvent(log *types.Log) (*RuleManagerProposed, error) {
	event := "Proposed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerProposed)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerResumed represents a Resumed event raised by the RuleManager contract.
type RuleManagerResumed struct {
	Proposal [32]byte
	Epoch    uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const RuleManagerResumedEventName = "Resumed"

// ContractEventName returns the user-defined event name.
func (RuleManagerResumed) ContractEventName() string {
	return RuleManagerResumedEventName
}

// UnpackResumedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Resumed(bytes32 indexed proposal, uint64 epoch)
func (ruleManager *RuleManager) UnpackResumedEvent(log *types.Log) (*RuleManagerResumed, error) {
	event := "Resumed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerResumed)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerRoleAdminChanged represents a RoleAdminChanged event raised by the RuleManager contract.
type RuleManagerRoleAdminChanged struct {
	Role              [32]byte
	PreviousAdminRole [32]byte
	NewAdminRole      [32]byte
	Raw               *types.Log // Blockchain specific contextual infos
}

const RuleManagerRoleAdminChangedEventName = "RoleAdminChanged"

// ContractEventName returns the user-defined event name.
func (RuleManagerRoleAdminChanged) ContractEventName() string {
	return RuleManagerRoleAdminChangedEventName
}

// UnpackRoleAdminChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)
func (ruleManager *RuleManager) UnpackRoleAdminChangedEvent(log *types.Log) (*RuleManagerRoleAdminChanged, error) {
	event := "RoleAdminChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerRoleAdminChanged)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerRoleGranted represents a RoleGranted event raised by the RuleManager contract.
type RuleManagerRoleGranted struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const RuleManagerRoleGrantedEventName = "RoleGranted"

// ContractEventName returns the user-defined event name.
func (RuleManagerRoleGranted) ContractEventName() string {
	return RuleManagerRoleGrantedEventName
}

// UnpackRoleGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)
func (ruleManager *RuleManager) UnpackRoleGrantedEvent(log *types.Log) (*RuleManagerRoleGranted, error) {
	event := "RoleGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerRoleGranted)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerRoleRevoked represents a RoleRevoked event raised by the RuleManager contract.
type RuleManagerRoleRevoked struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const RuleManagerRoleRevokedEventName = "RoleRevoked"

// ContractEventName returns the user-defined event name.
func (RuleManagerRoleRevoked) ContractEventName() string {
	return RuleManagerRoleRevokedEventName
}

// UnpackRoleRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)
func (ruleManager *RuleManager) UnpackRoleRevokedEvent(log *types.Log) (*RuleManagerRoleRevoked, error) {
	event := "RoleRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerRoleRevoked)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerStopped represents a Stopped event raised by the RuleManager contract.
type RuleManagerStopped struct {
	By    common.Address
	Epoch uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const RuleManagerStoppedEventName = "Stopped"

// ContractEventName returns the user-defined event name.
func (RuleManagerStopped) ContractEventName() string {
	return RuleManagerStoppedEventName
}

// UnpackStoppedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Stopped(address indexed by, uint64 epoch)
func (ruleManager *RuleManager) UnpackStoppedEvent(log *types.Log) (*RuleManagerStopped, error) {
	event := "Stopped"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerStopped)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerSucceeded represents a Succeeded event raised by the RuleManager contract.
type RuleManagerSucceeded struct {
	Proposal  [32]byte
	Successor common.Address
	Raw       *types.Log // Blockchain specific contextual infos
}

const RuleManagerSucceededEventName = "Succeeded"

// ContractEventName returns the user-defined event name.
func (RuleManagerSucceeded) ContractEventName() string {
	return RuleManagerSucceededEventName
}

// UnpackSucceededEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Succeeded(bytes32 indexed proposal, address successor)
func (ruleManager *RuleManager) UnpackSucceededEvent(log *types.Log) (*RuleManagerSucceeded, error) {
	event := "Succeeded"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerSucceeded)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RuleManagerUnpaused represents a Unpaused event raised by the RuleManager contract.
type RuleManagerUnpaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const RuleManagerUnpausedEventName = "Unpaused"

// ContractEventName returns the user-defined event name.
func (RuleManagerUnpaused) ContractEventName() string {
	return RuleManagerUnpausedEventName
}

// UnpackUnpausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Unpaused(address account)
func (ruleManager *RuleManager) UnpackUnpausedEvent(log *types.Log) (*RuleManagerUnpaused, error) {
	event := "Unpaused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != ruleManager.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RuleManagerUnpaused)
	if len(log.Data) > 0 {
		if err := ruleManager.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range ruleManager.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (ruleManager *RuleManager) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AccessControlBadConfirmation"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAccessControlBadConfirmationError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AccessControlUnauthorizedAccount"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAccessControlUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AddressEmptyCode"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAddressEmptyCodeError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AlreadyApproved"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAlreadyApprovedError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AlreadyDone"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAlreadyDoneError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AlreadyHas"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAlreadyHasError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["AlreadyRetired"].ID.Bytes()[:4]) {
		return ruleManager.UnpackAlreadyRetiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["BadChanges"].ID.Bytes()[:4]) {
		return ruleManager.UnpackBadChangesError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["BadGroup"].ID.Bytes()[:4]) {
		return ruleManager.UnpackBadGroupError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["BadMode"].ID.Bytes()[:4]) {
		return ruleManager.UnpackBadModeError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["BadParts"].ID.Bytes()[:4]) {
		return ruleManager.UnpackBadPartsError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return ruleManager.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["EnforcedPause"].ID.Bytes()[:4]) {
		return ruleManager.UnpackEnforcedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["ExpectedPause"].ID.Bytes()[:4]) {
		return ruleManager.UnpackExpectedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["Expired"].ID.Bytes()[:4]) {
		return ruleManager.UnpackExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["FailedCall"].ID.Bytes()[:4]) {
		return ruleManager.UnpackFailedCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["HasNot"].ID.Bytes()[:4]) {
		return ruleManager.UnpackHasNotError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NeedsApprovals"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNeedsApprovalsError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NoSuchEntry"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNoSuchEntryError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NoSuchProposal"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNoSuchProposalError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NoSuchRole"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNoSuchRoleError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NotAContract"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNotAContractError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NotARule"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNotARuleError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["NotAdmin"].ID.Bytes()[:4]) {
		return ruleManager.UnpackNotAdminError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["Stale"].ID.Bytes()[:4]) {
		return ruleManager.UnpackStaleError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["TooFewAdmins"].ID.Bytes()[:4]) {
		return ruleManager.UnpackTooFewAdminsError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["TooLittleGas"].ID.Bytes()[:4]) {
		return ruleManager.UnpackTooLittleGasError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["WrongCode"].ID.Bytes()[:4]) {
		return ruleManager.UnpackWrongCodeError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["WrongDigest"].ID.Bytes()[:4]) {
		return ruleManager.UnpackWrongDigestError(raw[4:])
	}
	if bytes.Equal(raw[:4], ruleManager.abi.Errors["WrongNonce"].ID.Bytes()[:4]) {
		return ruleManager.UnpackWrongNonceError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// RuleManagerAccessControlBadConfirmation represents a AccessControlBadConfirmation error raised by the RuleManager contract.
type RuleManagerAccessControlBadConfirmation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlBadConfirmation()
func RuleManagerAccessControlBadConfirmationErrorID() common.Hash {
	return common.HexToHash("0x6697b23232a647058342c0724fe7c415cab25915b54e5dbc03f233173d37b41c")
}

// UnpackAccessControlBadConfirmationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlBadConfirmation()
func (ruleManager *RuleManager) UnpackAccessControlBadConfirmationError(raw []byte) (*RuleManagerAccessControlBadConfirmation, error) {
	out := new(RuleManagerAccessControlBadConfirmation)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AccessControlBadConfirmation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAccessControlUnauthorizedAccount represents a AccessControlUnauthorizedAccount error raised by the RuleManager contract.
type RuleManagerAccessControlUnauthorizedAccount struct {
	Account    common.Address
	NeededRole [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func RuleManagerAccessControlUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0xe2517d3fbfae6f8515ef5ff1ccedc3933ab0cbbda0b492c06eb54ad10ef03b3e")
}

// UnpackAccessControlUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func (ruleManager *RuleManager) UnpackAccessControlUnauthorizedAccountError(raw []byte) (*RuleManagerAccessControlUnauthorizedAccount, error) {
	out := new(RuleManagerAccessControlUnauthorizedAccount)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AccessControlUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAddressEmptyCode represents a AddressEmptyCode error raised by the RuleManager contract.
type RuleManagerAddressEmptyCode struct {
	Target common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AddressEmptyCode(address target)
func RuleManagerAddressEmptyCodeErrorID() common.Hash {
	return common.HexToHash("0x9996b315c842ff135b8fc4a08ad5df1c344efbc03d2687aecc0678050d2aac89")
}

// UnpackAddressEmptyCodeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AddressEmptyCode(address target)
func (ruleManager *RuleManager) UnpackAddressEmptyCodeError(raw []byte) (*RuleManagerAddressEmptyCode, error) {
	out := new(RuleManagerAddressEmptyCode)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AddressEmptyCode", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAlreadyApproved represents a AlreadyApproved error raised by the RuleManager contract.
type RuleManagerAlreadyApproved struct {
	Id  [32]byte
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyApproved(bytes32 id, address key)
func RuleManagerAlreadyApprovedErrorID() common.Hash {
	return common.HexToHash("0xa72db787812d88d2d62735dcb17d25a9cf0b067799e419cd36c2dda31794d5c2")
}

// UnpackAlreadyApprovedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyApproved(bytes32 id, address key)
func (ruleManager *RuleManager) UnpackAlreadyApprovedError(raw []byte) (*RuleManagerAlreadyApproved, error) {
	out := new(RuleManagerAlreadyApproved)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AlreadyApproved", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAlreadyDone represents a AlreadyDone error raised by the RuleManager contract.
type RuleManagerAlreadyDone struct {
	Id     [32]byte
	Status uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyDone(bytes32 id, uint8 status)
func RuleManagerAlreadyDoneErrorID() common.Hash {
	return common.HexToHash("0xad157dcfafbc740c54616308842b9f3b54c1bf5e848d3d6bfe55b3896578adc8")
}

// UnpackAlreadyDoneError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyDone(bytes32 id, uint8 status)
func (ruleManager *RuleManager) UnpackAlreadyDoneError(raw []byte) (*RuleManagerAlreadyDone, error) {
	out := new(RuleManagerAlreadyDone)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AlreadyDone", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAlreadyHas represents a AlreadyHas error raised by the RuleManager contract.
type RuleManagerAlreadyHas struct {
	Role [32]byte
	Key  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyHas(bytes32 role, address key)
func RuleManagerAlreadyHasErrorID() common.Hash {
	return common.HexToHash("0xf8405c65d8af81d7524915f57a75445e32632c91cc9aa374a8a49ae1563768d3")
}

// UnpackAlreadyHasError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyHas(bytes32 role, address key)
func (ruleManager *RuleManager) UnpackAlreadyHasError(raw []byte) (*RuleManagerAlreadyHas, error) {
	out := new(RuleManagerAlreadyHas)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AlreadyHas", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerAlreadyRetired represents a AlreadyRetired error raised by the RuleManager contract.
type RuleManagerAlreadyRetired struct {
	Device [12]byte
	Group  string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyRetired(bytes12 device, string group)
func RuleManagerAlreadyRetiredErrorID() common.Hash {
	return common.HexToHash("0x5b0036f8cf24be7b2fcf65f0893566c96264b437433dfc31d087c8f3fac5ddac")
}

// UnpackAlreadyRetiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyRetired(bytes12 device, string group)
func (ruleManager *RuleManager) UnpackAlreadyRetiredError(raw []byte) (*RuleManagerAlreadyRetired, error) {
	out := new(RuleManagerAlreadyRetired)
	if err := ruleManager.abi.UnpackIntoInterface(out, "AlreadyRetired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerBadChanges represents a BadChanges error raised by the RuleManager contract.
type RuleManagerBadChanges struct {
	Count *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadChanges(uint256 count)
func RuleManagerBadChangesErrorID() common.Hash {
	return common.HexToHash("0x262cb63cd339678bfef68f4b1a16589d9e8868082a16e8fd90f6e4e88f4da1ae")
}

// UnpackBadChangesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadChanges(uint256 count)
func (ruleManager *RuleManager) UnpackBadChangesError(raw []byte) (*RuleManagerBadChanges, error) {
	out := new(RuleManagerBadChanges)
	if err := ruleManager.abi.UnpackIntoInterface(out, "BadChanges", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerBadGroup represents a BadGroup error raised by the RuleManager contract.
type RuleManagerBadGroup struct {
	Group string
	Why   string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadGroup(string group, string why)
func RuleManagerBadGroupErrorID() common.Hash {
	return common.HexToHash("0xd37144e755b2708be3c46958bcc6f51fc0c69165d1c96c14a063614be94fd0a1")
}

// UnpackBadGroupError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadGroup(string group, string why)
func (ruleManager *RuleManager) UnpackBadGroupError(raw []byte) (*RuleManagerBadGroup, error) {
	out := new(RuleManagerBadGroup)
	if err := ruleManager.abi.UnpackIntoInterface(out, "BadGroup", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerBadMode represents a BadMode error raised by the RuleManager contract.
type RuleManagerBadMode struct {
	Mode uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadMode(uint8 mode)
func RuleManagerBadModeErrorID() common.Hash {
	return common.HexToHash("0xb313010063f76801dbf3108ecd2c420aeb055743fce90d1d4dbb45f9d54c2842")
}

// UnpackBadModeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadMode(uint8 mode)
func (ruleManager *RuleManager) UnpackBadModeError(raw []byte) (*RuleManagerBadMode, error) {
	out := new(RuleManagerBadMode)
	if err := ruleManager.abi.UnpackIntoInterface(out, "BadMode", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerBadParts represents a BadParts error raised by the RuleManager contract.
type RuleManagerBadParts struct {
	Device [12]byte
	Group  string
	Count  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadParts(bytes12 device, string group, uint256 count)
func RuleManagerBadPartsErrorID() common.Hash {
	return common.HexToHash("0xc1097d7cccfbe2e67c5b4bd070c3a2efa7c38faf2e6117a93fac2c7a9548534b")
}

// UnpackBadPartsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadParts(bytes12 device, string group, uint256 count)
func (ruleManager *RuleManager) UnpackBadPartsError(raw []byte) (*RuleManagerBadParts, error) {
	out := new(RuleManagerBadParts)
	if err := ruleManager.abi.UnpackIntoInterface(out, "BadParts", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerBadSignature represents a BadSignature error raised by the RuleManager contract.
type RuleManagerBadSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature()
func RuleManagerBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x5cd5d2335541c4f2ed05fbe44f397e8b79f8e2333157122d2dab06e378ef7685")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature()
func (ruleManager *RuleManager) UnpackBadSignatureError(raw []byte) (*RuleManagerBadSignature, error) {
	out := new(RuleManagerBadSignature)
	if err := ruleManager.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerEnforcedPause represents a EnforcedPause error raised by the RuleManager contract.
type RuleManagerEnforcedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EnforcedPause()
func RuleManagerEnforcedPauseErrorID() common.Hash {
	return common.HexToHash("0xd93c0665d6c96d04a8f174024fc4ddd66c250604aff22bbec808de86dd3637e3")
}

// UnpackEnforcedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EnforcedPause()
func (ruleManager *RuleManager) UnpackEnforcedPauseError(raw []byte) (*RuleManagerEnforcedPause, error) {
	out := new(RuleManagerEnforcedPause)
	if err := ruleManager.abi.UnpackIntoInterface(out, "EnforcedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerExpectedPause represents a ExpectedPause error raised by the RuleManager contract.
type RuleManagerExpectedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExpectedPause()
func RuleManagerExpectedPauseErrorID() common.Hash {
	return common.HexToHash("0x8dfc202bcfe9a735b559bee70674422512bc5c30f687046ae8778315fb81da44")
}

// UnpackExpectedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExpectedPause()
func (ruleManager *RuleManager) UnpackExpectedPauseError(raw []byte) (*RuleManagerExpectedPause, error) {
	out := new(RuleManagerExpectedPause)
	if err := ruleManager.abi.UnpackIntoInterface(out, "ExpectedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerExpired represents a Expired error raised by the RuleManager contract.
type RuleManagerExpired struct {
	Deadline uint64
	NowIs    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Expired(uint64 deadline, uint256 nowIs)
func RuleManagerExpiredErrorID() common.Hash {
	return common.HexToHash("0x91cc37bcaeec164e5bc377adb7e09e2a00c91458581814d0294b11a1ab47958a")
}

// UnpackExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Expired(uint64 deadline, uint256 nowIs)
func (ruleManager *RuleManager) UnpackExpiredError(raw []byte) (*RuleManagerExpired, error) {
	out := new(RuleManagerExpired)
	if err := ruleManager.abi.UnpackIntoInterface(out, "Expired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerFailedCall represents a FailedCall error raised by the RuleManager contract.
type RuleManagerFailedCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FailedCall()
func RuleManagerFailedCallErrorID() common.Hash {
	return common.HexToHash("0xd6bda27508c0fb6d8a39b4b122878dab26f731a7d4e4abe711dd3731899052a4")
}

// UnpackFailedCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FailedCall()
func (ruleManager *RuleManager) UnpackFailedCallError(raw []byte) (*RuleManagerFailedCall, error) {
	out := new(RuleManagerFailedCall)
	if err := ruleManager.abi.UnpackIntoInterface(out, "FailedCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerHasNot represents a HasNot error raised by the RuleManager contract.
type RuleManagerHasNot struct {
	Role [32]byte
	Key  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HasNot(bytes32 role, address key)
func RuleManagerHasNotErrorID() common.Hash {
	return common.HexToHash("0x4e33276f86db65602cd28798d8d596745baff30b8229f8ad12555b3bd7a0d6f1")
}

// UnpackHasNotError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HasNot(bytes32 role, address key)
func (ruleManager *RuleManager) UnpackHasNotError(raw []byte) (*RuleManagerHasNot, error) {
	out := new(RuleManagerHasNot)
	if err := ruleManager.abi.UnpackIntoInterface(out, "HasNot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNeedsApprovals represents a NeedsApprovals error raised by the RuleManager contract.
type RuleManagerNeedsApprovals struct {
	Id    [32]byte
	Has   *big.Int
	Wants *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NeedsApprovals(bytes32 id, uint256 has, uint256 wants)
func RuleManagerNeedsApprovalsErrorID() common.Hash {
	return common.HexToHash("0x3165e4d9a75781964a384e99c381cf45274d9c7534ffb7d2197d98b15869d308")
}

// UnpackNeedsApprovalsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NeedsApprovals(bytes32 id, uint256 has, uint256 wants)
func (ruleManager *RuleManager) UnpackNeedsApprovalsError(raw []byte) (*RuleManagerNeedsApprovals, error) {
	out := new(RuleManagerNeedsApprovals)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NeedsApprovals", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNoSuchEntry represents a NoSuchEntry error raised by the RuleManager contract.
type RuleManagerNoSuchEntry struct {
	Device [12]byte
	Group  string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoSuchEntry(bytes12 device, string group)
func RuleManagerNoSuchEntryErrorID() common.Hash {
	return common.HexToHash("0x7b713415e5c099840ee1425a7eb9b9612704068f5299cc4dddfb3df74606072f")
}

// UnpackNoSuchEntryError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoSuchEntry(bytes12 device, string group)
func (ruleManager *RuleManager) UnpackNoSuchEntryError(raw []byte) (*RuleManagerNoSuchEntry, error) {
	out := new(RuleManagerNoSuchEntry)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NoSuchEntry", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNoSuchProposal represents a NoSuchProposal error raised by the RuleManager contract.
type RuleManagerNoSuchProposal struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoSuchProposal(bytes32 id)
func RuleManagerNoSuchProposalErrorID() common.Hash {
	return common.HexToHash("0x6c9d78eec7f131dfbfe831ad62c887d6d3d04b4e419ffc66937d88d2405b8c61")
}

// UnpackNoSuchProposalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoSuchProposal(bytes32 id)
func (ruleManager *RuleManager) UnpackNoSuchProposalError(raw []byte) (*RuleManagerNoSuchProposal, error) {
	out := new(RuleManagerNoSuchProposal)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NoSuchProposal", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNoSuchRole represents a NoSuchRole error raised by the RuleManager contract.
type RuleManagerNoSuchRole struct {
	Role [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoSuchRole(bytes32 role)
func RuleManagerNoSuchRoleErrorID() common.Hash {
	return common.HexToHash("0x36a577b55b454f70a12ff0355f8d2093417183235f5c9fcc7fe4658dc1d17304")
}

// UnpackNoSuchRoleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoSuchRole(bytes32 role)
func (ruleManager *RuleManager) UnpackNoSuchRoleError(raw []byte) (*RuleManagerNoSuchRole, error) {
	out := new(RuleManagerNoSuchRole)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NoSuchRole", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNotAContract represents a NotAContract error raised by the RuleManager contract.
type RuleManagerNotAContract struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAContract(address account)
func RuleManagerNotAContractErrorID() common.Hash {
	return common.HexToHash("0x8a8b41ec6b8382733436ac0321a506b0d1e41dc29c8650d1fd1ff17e726ab809")
}

// UnpackNotAContractError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAContract(address account)
func (ruleManager *RuleManager) UnpackNotAContractError(raw []byte) (*RuleManagerNotAContract, error) {
	out := new(RuleManagerNotAContract)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NotAContract", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNotARule represents a NotARule error raised by the RuleManager contract.
type RuleManagerNotARule struct {
	Rule common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotARule(address rule)
func RuleManagerNotARuleErrorID() common.Hash {
	return common.HexToHash("0x9c20ac9aeda98ae086764b885fb6f168d7e361f2de62cf034ba26ca7490eabb1")
}

// UnpackNotARuleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotARule(address rule)
func (ruleManager *RuleManager) UnpackNotARuleError(raw []byte) (*RuleManagerNotARule, error) {
	out := new(RuleManagerNotARule)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NotARule", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerNotAdmin represents a NotAdmin error raised by the RuleManager contract.
type RuleManagerNotAdmin struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAdmin(address key)
func RuleManagerNotAdminErrorID() common.Hash {
	return common.HexToHash("0x17a8424239494df835a470bd5e48f10a94b5febfef662a1917fe31decebbedeb")
}

// UnpackNotAdminError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAdmin(address key)
func (ruleManager *RuleManager) UnpackNotAdminError(raw []byte) (*RuleManagerNotAdmin, error) {
	out := new(RuleManagerNotAdmin)
	if err := ruleManager.abi.UnpackIntoInterface(out, "NotAdmin", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerStale represents a Stale error raised by the RuleManager contract.
type RuleManagerStale struct {
	Id     [32]byte
	Change *big.Int
	Base   uint64
	Found  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Stale(bytes32 id, uint256 change, uint64 base, uint64 found)
func RuleManagerStaleErrorID() common.Hash {
	return common.HexToHash("0xfc784e40aca11caec74f01305da3d662a8db026d2d506db66bef1de3a8b75918")
}

// UnpackStaleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Stale(bytes32 id, uint256 change, uint64 base, uint64 found)
func (ruleManager *RuleManager) UnpackStaleError(raw []byte) (*RuleManagerStale, error) {
	out := new(RuleManagerStale)
	if err := ruleManager.abi.UnpackIntoInterface(out, "Stale", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerTooFewAdmins represents a TooFewAdmins error raised by the RuleManager contract.
type RuleManagerTooFewAdmins struct {
	Has   *big.Int
	Wants *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooFewAdmins(uint256 has, uint256 wants)
func RuleManagerTooFewAdminsErrorID() common.Hash {
	return common.HexToHash("0xe3436e789e95baaaba8bd04e9f25d2756f4084fa3ddea692f8aa764bab7927d9")
}

// UnpackTooFewAdminsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooFewAdmins(uint256 has, uint256 wants)
func (ruleManager *RuleManager) UnpackTooFewAdminsError(raw []byte) (*RuleManagerTooFewAdmins, error) {
	out := new(RuleManagerTooFewAdmins)
	if err := ruleManager.abi.UnpackIntoInterface(out, "TooFewAdmins", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerTooLittleGas represents a TooLittleGas error raised by the RuleManager contract.
type RuleManagerTooLittleGas struct {
	Left  *big.Int
	Wants *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLittleGas(uint256 left, uint256 wants)
func RuleManagerTooLittleGasErrorID() common.Hash {
	return common.HexToHash("0x9ee5fcf0ddbbb3e81c9bbee4f1dfc659b266ce349bb8cfb6d04a8857e3cc9f93")
}

// UnpackTooLittleGasError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLittleGas(uint256 left, uint256 wants)
func (ruleManager *RuleManager) UnpackTooLittleGasError(raw []byte) (*RuleManagerTooLittleGas, error) {
	out := new(RuleManagerTooLittleGas)
	if err := ruleManager.abi.UnpackIntoInterface(out, "TooLittleGas", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerWrongCode represents a WrongCode error raised by the RuleManager contract.
type RuleManagerWrongCode struct {
	Rule common.Address
	Want [32]byte
	Got  [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongCode(address rule, bytes32 want, bytes32 got)
func RuleManagerWrongCodeErrorID() common.Hash {
	return common.HexToHash("0xa0e5400a78c8fce8a94597e997d703c26a067063b71c025790a1f042b7d9bda4")
}

// UnpackWrongCodeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongCode(address rule, bytes32 want, bytes32 got)
func (ruleManager *RuleManager) UnpackWrongCodeError(raw []byte) (*RuleManagerWrongCode, error) {
	out := new(RuleManagerWrongCode)
	if err := ruleManager.abi.UnpackIntoInterface(out, "WrongCode", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerWrongDigest represents a WrongDigest error raised by the RuleManager contract.
type RuleManagerWrongDigest struct {
	Rule common.Address
	Want [32]byte
	Got  [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongDigest(address rule, bytes32 want, bytes32 got)
func RuleManagerWrongDigestErrorID() common.Hash {
	return common.HexToHash("0xce74298d6d9eec04d155133c87496d3859bbe8c5797039f68fd2ede0ce6b0728")
}

// UnpackWrongDigestError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongDigest(address rule, bytes32 want, bytes32 got)
func (ruleManager *RuleManager) UnpackWrongDigestError(raw []byte) (*RuleManagerWrongDigest, error) {
	out := new(RuleManagerWrongDigest)
	if err := ruleManager.abi.UnpackIntoInterface(out, "WrongDigest", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RuleManagerWrongNonce represents a WrongNonce error raised by the RuleManager contract.
type RuleManagerWrongNonce struct {
	Key  common.Address
	Want uint64
	Got  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongNonce(address key, uint64 want, uint64 got)
func RuleManagerWrongNonceErrorID() common.Hash {
	return common.HexToHash("0xbb1c9be07d874f154a7ccb9d0400a17c008fb2ed8a93c5ee0390582b7745d679")
}

// UnpackWrongNonceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongNonce(address key, uint64 want, uint64 got)
func (ruleManager *RuleManager) UnpackWrongNonceError(raw []byte) (*RuleManagerWrongNonce, error) {
	out := new(RuleManagerWrongNonce)
	if err := ruleManager.abi.UnpackIntoInterface(out, "WrongNonce", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SlopeRuleMetaData contains all meta data concerning the SlopeRule contract.
var SlopeRuleMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"step\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"per\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"stuckFor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"jitter\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"past\",\"type\":\"uint8\"}],\"internalType\":\"structSlope\",\"name\":\"s\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"why\",\"type\":\"string\"}],\"name\":\"BadSlope\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MAX_PAST\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_SPAN\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"params\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"unit\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"step\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"per\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"stuckFor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"jitter\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"past\",\"type\":\"uint8\"}],\"internalType\":\"structSlope\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "SlopeRule",
	Bin: "0x608080604052346104905760e081610db3803803809161001f82856104a8565b833981010312610490576040519060e082016001600160401b038111838210176104945760405280519081835260208101519160208401928352610065604083016104cb565b9160408501928352610079606082016104cb565b6060860190815261008c608083016104cb565b906080870191825260c06100a260a085016104cb565b9360a0890194855201519360ff85168503610490576100c79060c089019586526104df565b15801561047f575b6104205784516001600160401b0316158061040e575b6103bc57845181516001600160401b03918216159116150361036b57845160016001603f1b036001600160401b0390911611801561034f575b6102fd5780516305265c006001600160401b039091161180156102e4575b61029e5760ff8451168015908115610293575b5061024157865160015585516002558451815183518551604092831b6fffffffffffffffff0000000000000000166001600160401b0394851617608092831b600160801b600160c01b03161760c091821b6001600160c01b0319161760035587516004805460ff191660ff92831617905583516f77617264666c6f772e736c6f70652f3160801b602082019081529c51948101949094529951606084015297518316908201529151811660a0830152915182169481019490945290511660e08301525190911661010080830191909152815261022d610120826104a8565b5190205f5560405161086390816105508239f35b6040516336a8ee3760e01b8152602060048201526024808201527f6974206c6f6f6b73206174203120746f203136206561726c6965722072656164604482015263696e677360e01b6064820152608490fd5b60109150115f61014f565b6040516336a8ee3760e01b815260206004820152601760248201527f74696d657320617265206174206d6f73742061206461790000000000000000006044820152606490fd5b5081516305265c006001600160401b039091161161013c565b6040516336a8ee3760e01b8152602060048201526024808201527f7374657020616e64206a697474657220617265206174206d6f737420325e3633604482015263202d203160e01b6064820152608490fd5b50825160016001603f1b036001600160401b039091161161011e565b6040516336a8ee3760e01b815260206004820152602260248201527f612073746570206e6565647320612074696d652074686174206974206973206660448201526137b960f11b6064820152608490fd5b6040516336a8ee3760e01b8152602060048201526024808201527f6e6569746865722073746570206e6f7220737475636b466f72206973206c696d6044820152631a5d195960e21b6064820152608490fd5b5081516001600160401b0316156100e5565b6040516336a8ee3760e01b815260206004820152603060248201527f6b696e6420616e6420756e697420617265207072696e7461626c65204153434960448201526f4920776974686f75742073706163657360801b6064820152608490fd5b5061048a86516104df565b156100cf565b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b0382119082101761049457604052565b51906001600160401b038216820361049057565b801561054a575f5f5b602081106104f857505050600190565b82811a8061050e57509050600180915b016104e8565b8290831561053e575b8115610532575b5061052b57600190610508565b5050505f90565b607f915010155f61051e565b60208111159150610517565b505f9056fe6080806040526004361015610012575f80fd5b5f3560e01c90816304baa00b1461025c575080630d479064146101c35780631808b8a41461017657806352a82b651461015a5780638124723e1461013f578063cff0ab961461008b5763e380626b14610069575f80fd5b34610087575f3660031901126100875760206040516305265c008152f35b5f80fd5b34610087575f366003190112610087575f60c06100a6610287565b8281528260208201528260408201528260608201528260808201528260a0820152015260e06100d36102b7565b60ff60c06040519280518452602081015160208501526001600160401b0360408201511660408501526001600160401b0360608201511660608501526001600160401b0360808201511660808501526001600160401b0360a08201511660a085015201511660c0820152f35b34610087575f36600319011261008757602060405160108152f35b34610087575f3660031901126100875760205f54604051908152f35b34610087576020366003190112610087576004356001600160401b038111610087576101e06003198236030112610087576101b5602091600401610318565b63ffffffff60405191168152f35b34610087575f3660031901126100875760ff60045416602060405191818301918383106001600160401b0384111761024857828491816040525f83525f36813760405193849360408501918552604083860152518091526060840192915f5b82811061023157505050500390f35b835185528695509381019392810192600101610222565b634e487b7160e01b5f52604160045260245ffd5b34610087575f366003190112610087576f77617264666c6f772e736c6f70652f3160801b8152602090f35b6040519060e082018281106001600160401b0382111761024857604052565b3563ffffffff811681036100875790565b6102bf610287565b90600154825260025460208301526003546001600160401b03811660408401526001600160401b038160401c1660608401526001600160401b038160801c16608084015260c01c60a083015260ff6004541660c0830152565b6001546040820135036105e7576002546060820135036105e15760c081019063ffffffff610345836102a6565b16156105db576103536102b7565b9160808301906001600160401b03825116151591826103b1575b50506103aa576001600160401b0360408301511615159182610399575b5050610394575f90565b601090565b6103a3925061068c565b5f8061038a565b5050600f90565b9091506103c161010084016105ec565b60070b8092600163ffffffff6103d6836102a6565b161161055e575b5060a08401926103ec8461060d565b600f0b61040960808701916104008361060d565b600f0b9061061b565b9460a08801956001600160401b038751161215956101a088019261042d848a610633565b60c08c015160ff1691508111156105565750610449848a610633565b90509291905b5f945b8a858710610493575b5050505050505083610472575b5050505f8061036d565b6001600160401b03929350906104879161061b565b915116125f8080610468565b866104a9836104af939d9495969798999d610633565b90610668565b906104d46104bf604084016105ec565b6104c88661060d565b600f0b9060070b610845565b6001600160401b0386511610801561052c575b6105245750876104f6826105ec565b60070b1261050f575b5060018099019493929190610452565b61051a9197506105ec565b60070b955f6104ff565b99508a61045b565b5061054561053c606084016105ec565b6104c88861060d565b6001600160401b03865116106104e7565b92919061044f565b90925063ffffffff6105715f19926102a6565b160163ffffffff81116105c75760e0840135906001600160401b03821680920361008757620f42409163ffffffff6105a992166105fa565b048083019081125f84129080158216911516176105c757915f6103dd565b634e487b7160e01b5f52601160045260245ffd5b50505f90565b50600490565b505f90565b358060070b81036100875790565b818102929181159184041417156105c757565b3580600f0b81036100875790565b81810392915f1380158285131691841216176105c757565b903590601e198136030182121561008757018035906001600160401b03821161008757602001918160071b3603831361008757565b91908110156106785760071b0190565b634e487b7160e01b5f52603260045260245ffd5b906101a0810161069c8183610633565b60c085015160ff16915081111561083e57506106b88183610633565b905092915b60408301926060016101008201608083015f5b8781106106e35750505050505050505f90565b6106f1816104a98888610633565b6106fa846105ec565b6020820190610708826105ec565b60070b9060070b135f14610836576107389061072f610726876105ec565b60070b916105ec565b60070b9061061b565b905b85516001600160401b031680831061082c575b506107b26107c3915f906107608761060d565b90606081019161076f836105ec565b60070b90600f0b135f146107dd57506107a1915061079561078f8861060d565b916105ec565b60070b90600f0b610845565b6001600160401b03885116906105fa565b916001600160401b038a51166105fa565b106107d0576001016106d0565b5050505050505050600190565b60409150016107eb816105ec565b9060a08b01916107fa8361060d565b600f0b9060070b1361080e575b50506107a1565b610825925061081f6104c8916105ec565b9161060d565b5f80610807565b91506107b261074d565b505f9061073a565b92916106bd565b8181131561085a57906108579161061b565b90565b6108579161061b56",
}

// SlopeRule is an auto generated Go binding around an Ethereum contract.
type SlopeRule struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *SlopeRule) GetABI() abi.ABI {
	return c.abi
}

// NewSlopeRule creates a new instance of SlopeRule.
func NewSlopeRule() *SlopeRule {
	parsed, err := SlopeRuleMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &SlopeRule{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *SlopeRule) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor((bytes32,bytes32,uint64,uint64,uint64,uint64,uint8) s) returns()
func (slopeRule *SlopeRule) PackConstructor(s Slope) []byte {
	enc, err := slopeRule.abi.Pack("", s)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMAXPAST is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8124723e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_PAST() view returns(uint8)
func (slopeRule *SlopeRule) PackMAXPAST() []byte {
	enc, err := slopeRule.abi.Pack("MAX_PAST")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXPAST is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8124723e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_PAST() view returns(uint8)
func (slopeRule *SlopeRule) TryPackMAXPAST() ([]byte, error) {
	return slopeRule.abi.Pack("MAX_PAST")
}

// UnpackMAXPAST is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8124723e.
//
// Solidity: function MAX_PAST() view returns(uint8)
func (slopeRule *SlopeRule) UnpackMAXPAST(data []byte) (uint8, error) {
	out, err := slopeRule.abi.Unpack("MAX_PAST", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (slopeRule *SlopeRule) PackMAXSPAN() []byte {
	enc, err := slopeRule.abi.Pack("MAX_SPAN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXSPAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe380626b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (slopeRule *SlopeRule) TryPackMAXSPAN() ([]byte, error) {
	return slopeRule.abi.Pack("MAX_SPAN")
}

// UnpackMAXSPAN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe380626b.
//
// Solidity: function MAX_SPAN() view returns(uint64)
func (slopeRule *SlopeRule) UnpackMAXSPAN(data []byte) (uint64, error) {
	out, err := slopeRule.abi.Unpack("MAX_SPAN", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function params() view returns((bytes32,bytes32,uint64,uint64,uint64,uint64,uint8))
func (slopeRule *SlopeRule) PackParams() []byte {
	enc, err := slopeRule.abi.Pack("params")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function params() view returns((bytes32,bytes32,uint64,uint64,uint64,uint64,uint8))
func (slopeRule *SlopeRule) TryPackParams() ([]byte, error) {
	return slopeRule.abi.Pack("params")
}

// UnpackParams is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcff0ab96.
//
// Solidity: function params() view returns((bytes32,bytes32,uint64,uint64,uint64,uint64,uint8))
func (slopeRule *SlopeRule) UnpackParams(data []byte) (Slope, error) {
	out, err := slopeRule.abi.Unpack("params", data)
	if err != nil {
		return *new(Slope), err
	}
	out0 := *abi.ConvertType(out[0], new(Slope)).(*Slope)
	return out0, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (slopeRule *SlopeRule) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], slopeRule.abi.Errors["BadSlope"].ID.Bytes()[:4]) {
		return slopeRule.UnpackBadSlopeError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// SlopeRuleBadSlope represents a BadSlope error raised by the SlopeRule contract.
type SlopeRuleBadSlope struct {
	Why string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSlope(string why)
func SlopeRuleBadSlopeErrorID() common.Hash {
	return common.HexToHash("0x36a8ee3765b180b473d171b3587a07dfc8409adfcdecb8443cb58cc4185d233e")
}

// UnpackBadSlopeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSlope(string why)
func (slopeRule *SlopeRule) UnpackBadSlopeError(raw []byte) (*SlopeRuleBadSlope, error) {
	out := new(SlopeRuleBadSlope)
	if err := slopeRule.abi.UnpackIntoInterface(out, "BadSlope", raw); err != nil {
		return nil, err
	}
	return out, nil
}
